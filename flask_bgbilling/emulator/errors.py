"""Ways in which the emulated billing refuses a call.

Each error knows its Russian text and the Java class that a JSON envelope names (transport.md 3); the server
turns it into the error form of the transport that was used.
"""

from __future__ import annotations

MESSAGE_EXCEPTION = "ru.bitel.bgbilling.common.BGMessageException"
FAILURE_EXCEPTION = "ru.bitel.bgbilling.common.BGException"
ACCESS_EXCEPTION = "ru.bitel.bgbilling.common.BGIllegalAccessException"
ARGUMENT_EXCEPTION = "ru.bitel.bgbilling.common.BGIllegalArgumentException"


class CallError(Exception):
    """A call that ends in an error answer; ``text`` is what the person reads."""

    exception = FAILURE_EXCEPTION
    errcode: str | None = None

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Refused(CallError):
    """The billing says no for a reason that a person can understand: an ordinary business refusal."""

    exception = MESSAGE_EXCEPTION


class BadParameter(Refused):
    """A required field is missing or cannot be read."""

    exception = ARGUMENT_EXCEPTION


class NoRights(CallError):
    """The account may not run this operation."""

    exception = MESSAGE_EXCEPTION

    def __init__(self, text: str = "Нет прав на выполнение операции") -> None:
        super().__init__(text)


class WrongPassword(CallError):
    """The login is unknown, blocked, or the password differs."""

    exception = ACCESS_EXCEPTION

    def __init__(self, text: str = "Неверное имя пользователя или пароль") -> None:
        super().__init__(text)


class NotImplementedCall(CallError):
    """The operation does not exist, or not in this version of the server."""

    def __init__(self, name: str) -> None:
        super().__init__(f"not implemented: {name}")
