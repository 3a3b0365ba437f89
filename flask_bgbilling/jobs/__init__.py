"""Long work: what it is, when it is due, who does it. A job is a row; an engine only delivers its number."""
