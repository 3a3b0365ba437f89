"""The customer's cabinet as operators see it: password, log of logins, limit of requests (contract.md 18)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import Table, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, table
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.contracts import within_days
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"
COMMON_LIMIT_KEY = "web.request.limit"
COMMON_LIMIT = 100
LIMIT_MODES = {1: "Общее ограничение", 2: "Ограничение отключено", 3: "Персональное ограничение"}


@xml("contract", "ContractPassword", below="8.2")
def contract_password(call: XmlCall) -> Element:
    """The password of the cabinet in clear text, as the billing keeps it."""
    contract = contract_of(call, "cid")
    data = call.data()
    table(data, [], password=contract["pswd"])
    return data


@json_rpc(CONTRACT_API, "ContractService", "contractPasswordOnceCheck", since="7.1")
def one_time_password_check(call: JsonCall) -> object:
    """The contract that a one-time password belongs to; refused when it is unknown or out of date."""
    passwords = schema.contract_password_once.c
    query = select(passwords.cid).where(passwords.password == call.text("passwordOnce"), passwords.valid_to > call.now)
    found = call.db.execute(query).scalar()
    if found is None:
        raise Refused("Одноразовый пароль неверен или устарел")
    return found


@xml("contract", "WebContractLogonLog")
def logon_log(call: XmlCall) -> Element:
    """Logins to the cabinet of a period: successful ones for ``logType`` ``ok``, failed ones for
    ``error``."""
    contract = contract_of(call, "cid")
    kind = call.text("logType", "ok")
    if kind not in ("ok", "error"):
        raise BadParameter(f"Неверное значение параметра logType: {kind}")
    successful = kind == "ok"
    log: Table = schema.contract_logon_ok if successful else schema.contract_logon_error
    where = [log.c.cid == contract["id"], *within_days(log.c.dt, call.date("date1"), call.date("date2"))]
    page = call.page()
    records = call.db.execute(select(func.count()).select_from(log).where(*where)).scalar_one()
    query = select(log).where(*where).order_by(log.c.dt.desc(), log.c.id.desc())
    data = call.data()
    rows = []
    for entry in call.db.execute(page.limit(query)):
        own: dict[str, object] = (
            {"passwordType": entry.password_type, "sessionId": entry.session_id}
            if successful
            else {"login": entry.login, "errorCode": entry.error_code}
        )
        rows.append({"date": entry.dt, "ip": entry.ip, **own})
    table(data, rows, page=page, records=records)
    return data


@xml("contract", "WebRequestLimit")
def request_limit(call: XmlCall) -> Element:
    """How many requests the cabinet may make and has made, and the last login.

    Setting the limit (``mode``) is a change and is refused by this read.
    """
    contract = contract_of(call, "cid")
    if call.has("mode"):
        raise Refused("Изменение ограничения запросов не поддерживается")
    limits, last, setup = schema.web_request_limit, schema.contract_logon_last, schema.setup
    common = call.db.execute(select(setup.c.value).where(setup.c.id == COMMON_LIMIT_KEY)).scalar()
    own = call.db.execute(select(limits).where(limits.c.cid == contract["id"])).first()
    data = call.data()
    element(
        data,
        "web_limit",
        configLimit=common or COMMON_LIMIT,
        count=own.count if own else 0,
        limit=own.limit if own else 0,
        status=LIMIT_MODES.get(own.mode if own else 1, ""),
    )
    logon = call.db.execute(select(last).where(last.c.cid == contract["id"])).first()
    if logon is not None:
        element(data, "lastLogon", counter=logon.counter, datetime=logon.dt, ip=logon.ip)
    return data


@json_rpc(CONTRACT_API, "ContractNotificationService", "contractNotificationList", since="7.1")
def notification_list(call: JsonCall) -> object:
    """Notifications that the customer sees in the cabinet, newest first."""
    contract = contract_of(call, "contractId")
    notifications = schema.contract_notification
    query = select(notifications).where(notifications.c.contract_id == contract["id"])
    return [
        {
            "id": found.id,
            "title": found.title,
            "message": found.message or "",
            "contractId": found.contract_id,
            "dateTime": found.dt,
            "read": bool(found.read),
        }
        for found in call.db.execute(query.order_by(notifications.c.dt.desc(), notifications.c.id.desc()))
    ]
