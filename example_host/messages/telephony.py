"""Calls: what a telephone exchange tells of, and whose open page shows who is calling.

An exchange is a block ``telephony.<N>`` of the configuration with a ``key``. It posts every call; the operator whose
extension is called sees it within two seconds.
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from example_host.customers.models import CustomerRow, PhoneValue
from example_host.customers.titles import variants
from example_host.guards import allowed
from example_host.messages.kinds import CALL, MessageKind, first_of, message_kinds
from example_host.messages.letters import one_line
from example_host.messages.models import NAME, SENDER, ExtensionRow, MessageRow, now
from example_host.messages.views import READ, WRITE, processing_address
from example_host.models import User, database
from example_host.mounting import bgbilling
from example_host.ports import signed_in

telephony = Blueprint("telephony", __name__)

SHORTEST_KEY = 16
LONGEST_ID, LONGEST_EXTENSION = 80, 40
RINGS = timedelta(minutes=3)
"""How long a call that nobody has dealt with is shown on the pages that are opened."""
MOST_SHOWN, MOST_LOOKED_AT = 3, 30

_bearer = re.compile(r"Bearer +(\S+) *", re.IGNORECASE)
_digits = re.compile(r"\D+")


@dataclass(frozen=True)
class Exchange:
    """A telephone exchange that may tell of calls; ``type_id`` is the type of the messages that they become."""

    number: int
    title: str
    digest: bytes
    type_id: int


@dataclass(frozen=True)
class Ringing:
    """A call that is shown: its message, the customers with this number, and where it is processed."""

    message: MessageRow
    customers: tuple[str, ...]
    address: str


def exempt(protection: CSRFProtect) -> None:
    """The exchange has a key and no session: its address does without the token of forms."""
    protection.exempt(call)


@telephony.post("/telephony/call")
def call() -> tuple[Response, int]:
    """Makes a message of a call: fields ``from``, ``to``, and ``id``, by which the same call is known again."""
    exchange = _exchange()
    if exchange is None:
        answer = jsonify(error="unknown key: send Authorization: Bearer <key> of a telephony.<N>.key")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer, 401
    told = _told()
    sender, recipient = (one_line(told.get(name, "")) for name in ("from", "to"))
    if not recipient or len(sender) > SENDER or len(recipient) > NAME:
        return jsonify(error=f"to is required; from has at most {SENDER} letters, to {NAME}"), 422
    call_id = one_line(told.get("id", ""))
    if len(call_id) > LONGEST_ID:
        return jsonify(error=f"id has at most {LONGEST_ID} letters"), 422
    system_id = f"{exchange.number}:{call_id}" if call_id else None
    known = _known(exchange.type_id, system_id)
    if known is None:
        row = MessageRow(type_id=exchange.type_id, system_id=system_id, sender=sender, recipient=recipient)
        row.operator_id = _operator_of(recipient)
        database.session.add(row)
        try:
            database.session.commit()
        except IntegrityError:  # the same call at the same moment
            database.session.rollback()
            known = _known(exchange.type_id, system_id)
        else:
            return jsonify(id=row.id), 201
    return jsonify(id=known), 200


@telephony.get("/telephony/pulse")
@allowed(READ)
def pulse() -> Response | str:
    """The calls for the person of this page that came after ``since``; nothing (204) while nobody calls."""
    user, row = signed_in(), MessageRow
    assert user is not None
    wanted = select(row).where(row.operator_id == user.id, row.id > _since(), row.processed_at.is_(None))
    found = database.session.scalars(wanted.order_by(row.id.desc()).limit(MOST_LOOKED_AT)).all()
    ringing = [_ringing(one) for one in _latest_of_numbers(found) if one.received_at > now() - RINGS][:MOST_SHOWN]
    return render_template("_calls.html", ringing=ringing) if ringing else Response(status=204)


@telephony.post("/profile/extension")
@allowed(WRITE)
def set_extension() -> Response:
    """Keeps the number of the telephone on the person's desk; an empty one gives it up."""
    user, number = signed_in(), request.form.get("extension", "").strip()
    assert user is not None
    own = database.session.get(ExtensionRow, user.id)
    holder = database.session.scalar(select(ExtensionRow).where(ExtensionRow.number == number)) if number else None
    if len(number) > LONGEST_EXTENSION or not number.isprintable():
        flash(_("An extension has at most %(most)s letters.", most=LONGEST_EXTENSION), "bad")
    elif holder is not None and holder.user_id != user.id:
        name = database.session.get_one(User, holder.user_id).name
        flash(_("Extension %(number)s belongs to %(name)s.", number=number, name=name), "bad")
    else:
        if own is not None:
            database.session.delete(own)
            database.session.flush()
        if number:
            database.session.add(ExtensionRow(user_id=user.id, number=number))
        try:
            database.session.commit()
            flash(_("Your extension is saved."), "good")
        except IntegrityError:  # somebody took the number at the same moment
            database.session.rollback()
            flash(_("This extension belongs to somebody else."), "bad")
    return redirect(url_for("accounts.profile"))


def extension_of(user: User | None) -> str:
    """The number of a person's telephone; empty for who has none."""
    row = database.session.get(ExtensionRow, user.id) if user is not None else None
    return row.number if row else ""


def exchanges() -> tuple[Exchange, ...]:
    """The exchanges of the configuration; one with a short key, or without a type for its calls, is none."""
    usual, kinds = first_of(CALL), message_kinds()
    found = []
    for number, block in sorted(bgbilling.settings().properties.indexed("telephony.").items()):
        key = block.text("key").strip()
        kind: MessageKind | None = kinds.get(block.integer("messageType", usual.id if usual else 0))
        if len(key) >= SHORTEST_KEY and kind is not None:
            title = block.text("title").strip() or str(number)
            found.append(Exchange(number, title, sha256(key.encode()).digest(), kind.id))
    return tuple(found)


def _exchange() -> Exchange | None:
    """Whose key it is. Every key is compared, in a time that tells nothing of them."""
    given = _bearer.fullmatch(request.headers.get("Authorization", ""))
    digest = sha256((given[1] if given else "").encode("utf-8", "surrogateescape")).digest()
    fitting = [exchange for exchange in exchanges() if hmac.compare_digest(exchange.digest, digest)]
    return fitting[0] if fitting and given else None


def _told() -> Mapping[str, str]:
    """The fields of a form, or of a JSON object."""
    told = request.get_json(silent=True) if request.is_json else None
    if isinstance(told, dict):
        return {str(name): str(value) for name, value in told.items() if isinstance(value, str | int)}
    return request.form


def _known(type_id: int, system_id: str | None) -> int | None:
    if system_id is None:
        return None
    wanted = select(MessageRow.id).where(MessageRow.type_id == type_id, MessageRow.system_id == system_id)
    found: int | None = database.session.scalar(wanted)
    return found


def _operator_of(extension: str) -> int | None:
    found: int | None = database.session.scalar(select(ExtensionRow.user_id).where(ExtensionRow.number == extension))
    return found


def _since() -> int:
    since = request.args.get("since", "")
    return int(since) if since.isascii() and since.isdigit() and len(since) < 16 else 0


def _latest_of_numbers(found: Iterable[MessageRow]) -> list[MessageRow]:
    """Calls without the earlier ones of the same number; those without a number are of anybody."""
    latest: dict[str | int, MessageRow] = {}
    for row in found:
        latest.setdefault(row.sender or row.id, row)
    return list(latest.values())


def _ringing(row: MessageRow) -> Ringing:
    return Ringing(row, _customers_with(row.sender), processing_address(row))


def _customers_with(number: str) -> tuple[str, ...]:
    """Customers of the CRM with this number, at most a few; whose contract it is the billings tell."""
    digits = _digits.sub("", number)
    if len(digits) < 10:
        return ()
    spellings = {digits, f"7{digits[-10:]}", f"8{digits[-10:]}", digits[-10:]}
    holders = select(PhoneValue.customer_id).where(PhoneValue.digits.in_(spellings))
    found = select(CustomerRow.title).where(CustomerRow.id.in_(holders)).order_by(CustomerRow.sorted_by)
    return tuple(variants(title)[0] for title in database.session.scalars(found.limit(MOST_SHOWN)))
