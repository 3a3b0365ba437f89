"""Contracts that are made for customers of the host, and parameters that are copied from customers into contracts."""
