"""Ids of the module instances of the emulated provider: the suffixes of the tables of the modules."""

from __future__ import annotations

INET, NPAY, RSCM, VOICE, BILL, TV, CERBERCRYPT, CARD = range(1, 9)
