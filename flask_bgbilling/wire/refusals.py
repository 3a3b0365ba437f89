"""Absent, denied or broken: what an error answer of a billing means is decided here and nowhere else.

Servers do not number their errors usefully (transport.md 2 and 3): the words decide, Russian or English, then the
Java class of the exception, then the HTTP status.
"""

import re

from flask_bgbilling.errors import Absent, NoRights, Refused, WrongPassword

LONGEST_WORDS = 1000

_NOT_A_RECORD = re.compile(
    r"not implemented|no ?such ?method|class ?not ?found|(?:метод|действи|класс|операци|модул|сервис)\w{0,9}"
    r".{0,80}не (?:найден|существует|реализован|поддерживает)"
    r"|(?:method|action|service|class)\b.{0,80}not (?:found|exist)",
    re.IGNORECASE | re.DOTALL,
)
_WRONG_PASSWORD = re.compile(
    r"(?:неверн|неправильн|ошибочн|некорректн)\w* (?:логин|парол|им[яе]|учетн|учётн|авториз|данные для вход)"
    r"|(?:логин|парол)\w* (?:или \w+ )?(?:указан\w* |введ[её]н\w* )?(?:неверн|неправильн|не подход)"
    r"|ошибка (?:авторизаци|аутентификаци)|(?:требуется|необходима) (?:авторизаци|аутентификаци)"
    r"|пользовател\w* (?:не авторизован|заблокирован|отключ[её]н)"
    r"|(?:wrong|bad|invalid|incorrect) (?:user ?name|user|login|password|credential)"
    r"|(?:authentication|authorization|login) (?:failed|error|required)|not authori[sz]ed|unauthori[sz]ed",
    re.IGNORECASE,
)
_OF_A_DEVICE = re.compile(
    r"парол\w* (?:фискальн\w+ |кассов\w+ |контрольно-кассов\w+ )?(?:регистратор|принтер|касс|аппарат|ккм)",
    re.IGNORECASE,
)
_NO_RIGHTS = re.compile(
    r"(?:нет|недостаточно|не хватает|отсутств\w+|не име\w+|без)\s+(?:\w+ ){0,3}"
    r"(?:прав\b|права\b|доступа|полномочи|разрешени)"
    r"|доступ\w* (?:\w+ ){0,4}(?:запрещ|закрыт|ограничен)|запрещ[её]н\w* (?:доступ|действи|операци)"
    r"|(?:действи|операци)\w* (?:\w+ ){0,4}запрещ|не разреш"
    r"|access (?:is )?denied|permission denied|not permitted|not allowed|no (?:access|rights?|permission)|forbidden"
    r"|insufficient (?:rights|privileges|permission)",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"не найден|не существует|не обнаружен|был\w? удал[её]н|not found|does ?n[o']t exist|no such|unknown contract",
    re.IGNORECASE,
)
_WORDS: tuple[tuple[re.Pattern[str], type[Refused]], ...] = (
    (_WRONG_PASSWORD, WrongPassword),
    (_NO_RIGHTS, NoRights),
    (_ABSENT, Absent),
)
_CLASSES: tuple[tuple[re.Pattern[str], type[Refused]], ...] = (
    (re.compile(r"authenti|authoriz|credential|badlogin|wrongpass", re.IGNORECASE), WrongPassword),
    (
        re.compile(r"illegalaccess|accessdenied|security|norights|permission|forbidden", re.IGNORECASE),
        NoRights,
    ),
    (re.compile(r"notfound|nosuchelement|noresult|notexist", re.IGNORECASE), Absent),
)


def kind_of_refusal(words: str, exception: str = "", http_status: int | None = None) -> type[Refused]:
    """The class of error for an error text, the Java class named with it and the HTTP status."""
    if not _NOT_A_RECORD.search(words):
        for pattern, kind in _WORDS:
            # The password of a cash register is not that of the account (money.md 12).
            if pattern.search(words) and not (kind is WrongPassword and _OF_A_DEVICE.search(words)):
                return kind
        name = exception.rpartition(".")[2]
        if "ClassNotFound" not in name:
            for pattern, kind in _CLASSES:
                if pattern.search(name):
                    return kind
    if http_status == 401:
        return WrongPassword
    return NoRights if http_status == 403 else Refused


def refusal(
    words: str,
    *,
    billing: str,
    operation: str,
    request_id: str,
    exception: str = "",
    errcode: str = "",
    http_status: int | None = None,
) -> Refused:
    """The error to raise for an error answer. ``words`` are the billing's own, cut to a showable length.

    An answer without words is described by the name of its exception or its error code.
    """
    shown = " ".join(words.split())[:LONGEST_WORDS] or exception.rpartition(".")[2] or errcode or "?"
    kind = kind_of_refusal(words[:4000], exception, http_status)
    return kind(
        billing=billing,
        operation=operation,
        request_id=request_id,
        http_status=http_status,
        words=shown,
        exception=exception[:200],
        errcode=errcode[:40],
    )
