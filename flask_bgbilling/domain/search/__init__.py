"""Finding contracts in several billings at once: what was asked, what it may mean, and who answered what."""
