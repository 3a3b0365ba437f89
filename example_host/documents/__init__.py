"""Documents that were made for contracts: a table, files beside it, and the port of the extension."""
