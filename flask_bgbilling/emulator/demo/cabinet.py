"""Demo data around the cabinet and the old dial-up access: one-time passwords, locks, logins, aliases."""

from __future__ import annotations

from datetime import timedelta

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.showcase import DEBTOR, FIRM, RICH, day_before
from flask_bgbilling.emulator.schema.dialup import DIALUP_INSTANCE

FIRST_LOGIN = 70_101


def add_cabinet(world: World) -> None:
    """Writes one valid and one outdated one-time password, a lock of the limit, and dial-up logins."""
    rows = world.rows
    for password, cid, hours in (("740-155", RICH, 48), ("740-156", DEBTOR, -48)):
        valid_to = world.now + timedelta(hours=hours)
        rows.add(schema.contract_password_once, password=password, cid=cid, valid_to=valid_to)
    rows.add(schema.contract_limit_manage_mode, cid=DEBTOR, mode=1)
    rows.add(schema.module, id=DIALUP_INSTANCE, title="Модемный доступ", name="dialup")
    rows.new(
        schema.installed_modules,
        name="dialup",
        title="Модемный доступ",
        version="7.0",
        build="1",
        type="module",
        enabled=1,
        pack_client="bitel.billing.module.services.dialup",
        pack_server="bitel.billing.server.dialup",
    )
    for login, (cid, aliases) in enumerate(((RICH, ("rich", "home101")), (FIRM, ("office",))), FIRST_LOGIN):
        number = rows.new(
            schema.user_login, cid=cid, object_id=0, login=login, pswd="", date1=day_before(world, 600), status=0
        )
        for alias in aliases:
            rows.new(schema.user_alias, login_id=number, login_alias=alias)
