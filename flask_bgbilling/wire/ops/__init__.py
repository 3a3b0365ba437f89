"""Declarations of operations, one module per area of the billing. Nothing here sends anything."""
