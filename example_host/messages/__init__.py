"""Calls, letters and notes of the CRM: tables, the inbox, where they come from, and the port of the extension."""
