"""Plain immutable values that operations answer with; one module per area. No behaviour beyond derived properties."""
