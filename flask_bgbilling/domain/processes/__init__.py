"""Processes of the host and the contracts that are linked to them."""
