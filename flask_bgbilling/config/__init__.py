"""The configuration: its language, its typed settings, its linter and where it comes from."""
