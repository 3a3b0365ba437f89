"""A small CRM of an internet provider that mounts flask-bgbilling: an example to read and a demo to use."""

from example_host.application import create_app

__all__ = ["create_app"]
