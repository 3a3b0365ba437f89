"""Customers made of contracts: matching, importing, reviewing (customers-and-links.md 2)."""
