"""Requests of the CRM that contracts and customers are linked to: tables and the port of the extension."""
