"""What a plugin needs to declare calls of a billing that we do not make ourselves.

An :class:`Operation` is data: its forms on the wire by band of versions, and how each answer is read. It is made with
``context.contract.billing.call(OPERATION, cid=…)``, or begun with ``.start(…)`` and awaited with ``.result()``, so that
several run at once; ``.supports(OPERATION)`` says whether the billing's version knows it. Account, limits, repetition,
log and errors are the same as for our own calls.

- Forms: :class:`XmlAction` (``module=…&action=…``), :class:`JsonRpc` of a :class:`Service`, :class:`RawAction` for
  files. ``fields`` and ``params`` are functions from the call's arguments to plain values: text, numbers, ``bool``,
  ``date``, aware ``datetime``, ``Decimal``, lists of ints; each form spells them as its servers want them.
- :func:`band` makes a half-open range of versions: ``band(below="8.2")``, ``band(since="8.2")``. On a server of a
  version that no form covers the call raises ``UnsupportedVersion``.
- ``read`` gets the answer: :class:`XmlAnswer`, :class:`JsonAnswer` or :class:`RawAnswer`. It takes whatever comes and
  raises :class:`Unreadable` only when something is missing that it cannot do without.
- Readers of single values never raise: :func:`text`, :func:`integer`, :func:`flag`, :func:`amount` and :func:`money`,
  :func:`day` and :func:`moment` for XML, :func:`json_day` and :func:`json_moment` for JSON.

What changes something is declared with ``safe=False``: it is never sent a second time by itself.
"""

from flask_bgbilling.wire.answers import JsonAnswer, RawAnswer, Unreadable, XmlAnswer
from flask_bgbilling.wire.codec import amount, day, flag, integer, json_day, json_moment, moment, money, text
from flask_bgbilling.wire.operation import JsonRpc, Operation, RawAction, Service, XmlAction
from flask_bgbilling.wire.version import Band, band

__all__ = [
    "Band",
    "JsonAnswer",
    "JsonRpc",
    "Operation",
    "RawAction",
    "RawAnswer",
    "Service",
    "Unreadable",
    "XmlAction",
    "XmlAnswer",
    "amount",
    "band",
    "day",
    "flag",
    "integer",
    "json_day",
    "json_moment",
    "moment",
    "money",
    "text",
]
