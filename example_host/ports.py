"""The ports of flask-bgbilling, answered from the CRM's own tables."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import current_app, g, session, url_for
from sqlalchemy import delete, select

from example_host.models import HouseRow, OpenedObject, StreetRow, TypeLimit, User, database
from example_host.roles import role_allows
from flask_bgbilling import SecretBox
from flask_bgbilling.ports import Grant, House, OpenedContract, Person, Street

BUFFER = 12

_contract_card = re.compile(r"/contract/(\w+)/(\d{1,10})$")


def secret_box() -> SecretBox:
    """The box with this application's keys."""
    return SecretBox(current_app.config["BGBILLING_SECRET_KEYS"])


def signed_in() -> User | None:
    """The user of this request's session."""
    user_id = session.get("user_id")
    return user_of(user_id) if user_id is not None else None


def user_of(user_id: int) -> User | None:
    """A user, read once per request: a search asks for accounts and grants of every billing."""
    known: dict[int, User | None] = g.setdefault("crm_users", {})
    if user_id not in known:
        known[user_id] = database.session.get(User, user_id)
    return known[user_id]


def type_limits(user_id: int) -> Mapping[str, Mapping[str, frozenset[int]]]:
    """The types of payments and charges that a user is limited to, by kind and billing; read once per request."""
    known: dict[int, dict[str, dict[str, frozenset[int]]]] = g.setdefault("crm_type_limits", {})
    if user_id not in known:
        found: defaultdict[str, dict[str, frozenset[int]]] = defaultdict(dict)
        for row in database.session.scalars(select(TypeLimit).where(TypeLimit.user_id == user_id)):
            of_kind = found[row.kind]
            of_kind[row.billing_id] = of_kind.get(row.billing_id, frozenset()) | {row.type_id}
        known[user_id] = dict(found)
    return known[user_id]


def properties_of(person_id: str) -> Mapping[str, str]:
    """The user's own keys, decrypted: ``bgbilling:login.<ID>`` and the like."""
    user = user_of(int(person_id))
    if user is None or not user.sealed_properties:
        return {}
    lines = secret_box().open(user.sealed_properties).split("\n")
    return dict(line.split("=", 1) for line in lines if "=" in line)


def store_properties(user: User, properties: Mapping[str, str]) -> None:
    """Seals the user's keys; the caller commits."""
    user.sealed_properties = secret_box().seal("\n".join(f"{key}={value}" for key, value in properties.items()))


class HostUsers:
    """Who works here, and what their role allows."""

    def current(self) -> Person | None:
        """The signed-in user."""
        user = signed_in()
        return Person(str(user.id), user.login, user.name) if user else None

    def grant(self, person: Person, permission: str) -> Grant | None:
        """What the person's role allows, narrowed to the billings that the user is limited to."""
        user = user_of(int(person.id))
        if user is None or not role_allows(user.role, permission):
            return None
        limits = type_limits(user.id)
        return Grant(
            billing_ids=frozenset(user.billing_ids.split(",")) if user.billing_ids else None,
            payment_type_ids=limits.get("payment"),
            charge_type_ids=limits.get("charge"),
            message_type_ids=limits.get("message", {}).get(""),
        )

    def sign_in_address(self, back_to: str) -> str:
        """The sign-in page, which returns to ``back_to``."""
        return url_for("sign_in") + "?" + urlencode({"next": back_to})


class HostAddressBook:
    """The CRM's address directory."""

    def streets(self, query: str, limit: int) -> Sequence[Street]:
        """Streets that contain every word of the query in street or city."""
        wanted = select(StreetRow).order_by(StreetRow.city, StreetRow.title).limit(limit)
        for word in fold(query).split():
            wanted = wanted.where(StreetRow.search_text.contains(word, autoescape=True))
        return [Street(row.id, row.title, row.city) for row in database.session.scalars(wanted)]

    def houses(self, street_id: int, query: str, limit: int) -> Sequence[House]:
        """Houses of the street whose label begins with the query."""
        rows = database.session.scalars(
            select(HouseRow).where(HouseRow.street_id == street_id).order_by(HouseRow.number, HouseRow.fraction)
        )
        houses = [_house(row) for row in rows]
        return [house for house in houses if fold(house.label).startswith(fold(query))][:limit]

    def street(self, street_id: int) -> Street | None:
        """One street."""
        row = database.session.get(StreetRow, street_id)
        return Street(row.id, row.title, row.city) if row else None

    def house(self, house_id: int) -> House | None:
        """One house."""
        row = database.session.get(HouseRow, house_id)
        return _house(row) if row else None


def fold(text: str) -> str:
    """Text as it is compared: small letters, ё as е."""
    return text.strip().lower().replace("ё", "е")


def _house(row: HouseRow) -> House:
    return House(row.id, row.street_id, row.number, row.fraction)


class HostOpenedObjects:
    """The strip of opened objects under the header."""

    def remember(self, person: Person, contract: OpenedContract) -> None:
        """Puts the contract on top and forgets what is too old; the extension commits."""
        remember(int(person.id), contract.title, contract.address)

    def contracts(self, person: Person, limit: int) -> Sequence[OpenedContract]:
        """The contracts of the strip; which ones they are stands in their addresses."""
        wanted = select(OpenedObject).where(OpenedObject.user_id == int(person.id)).order_by(OpenedObject.id.desc())
        cards = ((row, _contract_card.search(row.address)) for row in database.session.scalars(wanted))
        return [OpenedContract(card[1], int(card[2]), row.title, row.address) for row, card in cards if card][:limit]


def remember(user_id: int, title: str, address: str) -> None:
    """Puts an object on top of a user's strip and forgets what is too old; the caller commits."""
    mine = delete(OpenedObject).where(OpenedObject.user_id == user_id, OpenedObject.address == address)
    database.session.execute(mine)
    database.session.add(OpenedObject(user_id=user_id, title=title[:255], address=address))
    database.session.flush()
    kept = select(OpenedObject.id).where(OpenedObject.user_id == user_id).order_by(OpenedObject.id.desc())
    old = list(database.session.scalars(kept.offset(BUFFER)))
    database.session.execute(delete(OpenedObject).where(OpenedObject.id.in_(old)))


def opened_objects() -> Sequence[OpenedObject]:
    """What the signed-in user has open, newest first."""
    user = signed_in()
    if user is None:
        return ()
    wanted = select(OpenedObject).where(OpenedObject.user_id == user.id).order_by(OpenedObject.id.desc())
    return list(database.session.scalars(wanted))
