"""What is ours in the host's database, and the rules for using its session."""
