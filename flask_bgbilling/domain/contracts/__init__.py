"""Reading contracts: one module per area of the card. Functions take a :class:`~.contract.Contract`, return structs."""
