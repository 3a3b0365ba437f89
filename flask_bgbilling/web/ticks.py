"""What may be ticked on the page of a message: signed, so that only what a search has found there comes back."""

from collections.abc import Callable, Sequence

from flask import current_app
from itsdangerous import BadSignature, Signer

from flask_bgbilling.domain.messages.processing import NotReadable, Ticked, decode, encode
from flask_bgbilling.hookspecs import Found


def code_of(message_id: int) -> Callable[[Found], str]:
    """What gives the value of a box on the page of one message; it is worth nothing on another page."""
    signer = _signer(message_id)
    return lambda found: signer.sign(encode(found)).decode()


def ticked_of(message_id: int, values: Sequence[str]) -> Ticked:
    """What was ticked, each once; raises ``NotReadable`` for what does not come from the page of this message."""
    signer = _signer(message_id)
    try:
        return decode([signer.unsign(value).decode() for value in values])
    except BadSignature as error:
        raise NotReadable from error


def _signer(message_id: int) -> Signer:
    return Signer(current_app.secret_key or "", salt=f"bgbilling-found-{message_id}")
