"""Whether an object that a host passes is a port at all."""

from typing import TypeVar

from flask_bgbilling.errors import ConfigurationError

Port = TypeVar("Port")


def checked(argument: str, given: Port, protocol: type[object]) -> Port:
    """The host's port, when it is an object with every method of its protocol; else ``ConfigurationError``."""
    if isinstance(given, type):
        raise ConfigurationError(detail=f"{argument}: {given.__name__} is a class; pass an object, {given.__name__}()")
    methods = [name for name in vars(protocol) if not name.startswith("_")]
    missing = [name for name in methods if not callable(getattr(given, name, None))]
    if missing:
        told = f"{argument}: {kind_of(given)} lacks {', '.join(missing)}"
        raise ConfigurationError(detail=f"{told}; see {protocol.__name__} in flask_bgbilling.ports")
    return given


def kind_of(value: object) -> str:
    """The name of the kind of an object, as errors tell it."""
    return "None" if value is None else type(value).__name__
