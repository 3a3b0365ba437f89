"""Customers of the CRM: tables, the port of the extension, pages.

``models`` the tables, ``titles`` how titles are folded and composed, ``values`` reading and writing the values of
parameters, ``port`` what the extension asks, ``forms`` what people type, ``views`` the pages, ``demo`` the first rows.
"""
