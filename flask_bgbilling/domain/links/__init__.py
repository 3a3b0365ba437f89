"""Links of contracts to the host's customers."""
