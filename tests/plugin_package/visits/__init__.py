"""Visits of fitters: a plugin of a stranger, who has read nothing but the documentation."""
