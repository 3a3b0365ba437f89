"""Contracts whose texts try to break whoever shows or parses them: ids 51 to 57."""

from __future__ import annotations

from datetime import date

from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo import parameters as pref
from flask_bgbilling.emulator.demo.contracts import (
    World,
    add_address,
    add_contract,
    add_emails,
    add_note,
    add_phones,
    add_status,
    add_text,
)

FIRST_HOSTILE = 51
TEXTS = (
    "<script>alert(1)</script>",
    "ООО \"Кавычки\" & 'апостроф' <b>жирный</b>",
    "Иванов [ бывший [Петров] ] Иван",
    "Робот 🤖 Ёж\u202eоборот",
    "'; DROP TABLE contract; --",
    "^.*(a+)+$ \\d {0} %s ${title} {{7*7}}",
    "Строка\tс табуляцией и концом]",
)


def add_hostile(world: World) -> None:
    """Writes one contract per text; the text stands in the comment, in parameters and in a note."""
    start = date(world.today.year - 1, 5, 5)
    for cid, text in enumerate(TEXTS, start=FIRST_HOSTILE):
        add_contract(world, cid, start, title=f"Х-{cid} {text[:20]}" if cid % 2 else "", comment=text)
        add_text(world, cid, pref.FULL_NAME, text)
        add_text(world, cid, pref.FITTING_NOTE, f"{text}\n{text}")
        add_address(world, cid, pref.SERVICE_ADDRESS, world.live_houses[cid], flat="1", comment=text)
        add_phones(world, cid, pref.CONTACT_PHONE, [(f"7900000{cid:04}", text)])
        add_emails(world, cid, pref.CONTACT_EMAIL, [f"{text.replace(chr(10), ' ')} <x{cid}@example.ru>"])
        add_status(world, cid, catalogue.ACTIVE, start, comment=text)
        add_note(world, cid, text, text * 3, world.now, user=catalogue.OPERATOR)
