"""The address directory of the CRM: its tables, its port, its pages."""
