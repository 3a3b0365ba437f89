"""Sums that are sent: exact to the kopeck, never rounded on the way (money.md 0.4)."""

from decimal import Decimal

KOPECK = Decimal("0.01")
BEYOND_REASON = Decimal(10) ** 20


def exact(amount: Decimal) -> Decimal:
    """The sum with two digits; ``ValueError`` for one that needs more of them, or that no account can hold."""
    if not amount.is_finite() or abs(amount) >= BEYOND_REASON:
        raise ValueError("a sum must be a finite number of a showable size")
    kopecks = amount.quantize(KOPECK)
    if kopecks != amount:
        raise ValueError("a sum has two digits behind the point")
    return kopecks


def spelled(amount: Decimal) -> str:
    """The sum as a field of an XML action or a quoted number: ``400.00``, ``-120.50``."""
    return str(exact(amount) or Decimal("0.00"))
