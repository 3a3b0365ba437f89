"""The address directory that host and billings share: what billings pull, what is read from one, how several differ."""
