"""Reading contracts: one module per area of the card.

Functions take a :class:`~flask_bgbilling.domain.contracts.contract.Contract` and return structs.
"""
