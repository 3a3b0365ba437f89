"""One tree of errors. Each says what a person can do about it, in data: rendered to words only where it is read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


def N_(message: str) -> str:
    """Marks an English message for translation without translating it here."""
    return message


class BGBillingError(Exception):
    """Everything that this extension raises on purpose.

    ::

        BGBillingError
        ├── ConfigurationError          fix the configuration
        ├── InputError                  fix what was typed
        │   ├── UnknownBilling          no server of this id is configured, or it is switched off
        │   ├── UnknownAddress          no page has this address
        │   └── Forbidden               the host does not allow this person to do this
        ├── AccountMissing              the person has no account of this billing
        └── BillingError                a call to a billing did not give a usable answer
            ├── Refused                 the billing said no: show its words
            │   ├── NoRights            the account lacks a right
            │   ├── WrongPassword       the account's login or password is not accepted
            │   └── Absent              the billing knows no such contract, object or file
            ├── Unavailable             try later
            │   ├── Unreachable         no connection
            │   ├── TimedOut            connected, but no answer in time
            │   ├── Suspended           the breaker is open after repeated faults
            │   └── Uncertain           it may have been done: look before repeating
            ├── Garbled                 the answer made no sense: report it with the request id
            └── UnsupportedVersion      this server's version cannot do this

    ``code`` is stable and machine-readable, ``message`` an English template for ``params``; web pages translate the
    template. Building an error never raises, whatever the parameters are.
    """

    code: ClassVar[str] = "error"
    message: ClassVar[str] = N_("Something went wrong.")
    remedy: ClassVar[str] = N_("Tell the administrator the request number.")
    retryable: ClassVar[bool] = False

    def __init__(self, **params: object) -> None:
        self.params: Mapping[str, object] = MappingProxyType(params)
        super().__init__(self.text())

    def text(self) -> str:
        """The message in English with the parameters filled in; safe to show and to log."""
        return fill(self.message, self.params)


def fill(template: str, params: Mapping[str, object]) -> str:
    """Fills ``%(name)s`` places; a missing parameter shows as its name instead of failing.

    Never raises: a parameter without a text shows as its type, and a template with other ``%`` signs as it stands.
    """
    try:
        return template % _Forgiving({name: _Telling(value) for name, value in params.items()})
    except (ValueError, TypeError):  # a translator's slip must not hide the message
        return template


class _Forgiving(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


class _Telling:
    """A value that has a text whatever it is."""

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = value

    def __str__(self) -> str:
        try:
            return str(self._value)
        except Exception:  # whatever a stranger's object raises: building an error never does
            return f"<{type(self._value).__name__}>"


class ConfigurationError(BGBillingError):
    """The configuration cannot be used as it is; ``detail`` says which line and what was expected."""

    code = "configuration"
    message = N_("The configuration is wrong: %(detail)s")
    remedy = N_("Correct the configuration; “flask bgbilling config check” names the line.")


class InputError(BGBillingError):
    """What a person typed or followed cannot be used; ``detail`` says why."""

    code = "input"
    message = N_("%(detail)s")
    remedy = N_("Correct what was typed and try again.")


class UnknownBilling(InputError):
    """No working server has the id ``billing``."""

    code = "unknown billing"
    message = N_("There is no billing “%(billing)s”.")
    remedy = N_("Choose a billing from the list, or ask the administrator to configure it.")


class UnknownAddress(InputError):
    """No page has this address."""

    code = "unknown address"
    message = N_("There is no such page.")
    remedy = N_("Check the address: contract ids are numbers, billings are named by their short ids.")


class Forbidden(InputError):
    """The host application does not allow this action to this person."""

    code = "forbidden"
    message = N_("You are not allowed to do this.")
    remedy = N_("Ask the administrator for the permission “%(permission)s”.")


class AccountMissing(BGBillingError):
    """The person has no login or password for ``billing``; nothing was sent."""

    code = "account missing"
    message = N_("You have no account for the billing %(billing)s.")
    remedy = N_("Enter your billing login and password in your profile, or ask the administrator.")


class BillingError(BGBillingError):
    """A call to a billing did not give a usable answer.

    ``billing`` is the server's title, ``operation`` the call's name in the billing (``contract/ContractInfo``),
    ``request_id`` the number under which the call stands in the log, ``http_status`` the status line if there was one.
    """

    code = "billing"
    message = N_("The billing %(billing)s failed.")
    remedy = N_("Tell the administrator the request number %(request_id)s.")

    def __init__(
        self,
        *,
        billing: str = "?",
        operation: str = "?",
        request_id: str = "",
        http_status: int | None = None,
        **params: object,
    ) -> None:
        self.billing = billing
        self.operation = operation
        self.request_id = request_id
        self.http_status = http_status
        super().__init__(billing=billing, operation=operation, request_id=request_id, http_status=http_status, **params)


class Refused(BillingError):
    """The billing understood and said no; ``words`` are its own."""

    code = "refused"
    message = N_("The billing %(billing)s refused: %(words)s")
    remedy = N_("Correct the request, or ask the administrator of the billing.")


class NoRights(Refused):
    """The billing account lacks a right for this operation."""

    code = "no rights"
    message = N_("Your account in the billing %(billing)s has no rights for this.")
    remedy = N_("Ask the administrator of the billing for the right “%(operation)s”.")


class WrongPassword(Refused):
    """The billing does not accept the account's login or password."""

    code = "wrong password"
    message = N_("The billing %(billing)s does not accept your login or password.")
    remedy = N_("Correct the account in your profile.")


class Absent(Refused):
    """What was asked for does not exist in the billing."""

    code = "absent"
    message = N_("Not found in the billing %(billing)s.")
    remedy = N_("It may have been deleted there. Search again.")


class Unavailable(BillingError):
    """The billing cannot answer now; the same call may succeed later."""

    code = "unavailable"
    message = N_("The billing %(billing)s is not available.")
    remedy = N_("Try again in a minute.")
    retryable = True


class Unreachable(Unavailable):
    """No connection could be made: nothing was sent."""

    code = "unreachable"
    message = N_("No connection to the billing %(billing)s.")
    remedy = N_("Try again; if it stays, the administrator checks the address and the network.")


class TimedOut(Unavailable):
    """The billing took longer than ``seconds`` to answer."""

    code = "timed out"
    message = N_("The billing %(billing)s did not answer within %(seconds)s s.")
    remedy = N_("Try again.")


class Suspended(Unavailable):
    """The breaker is open: the billing failed several times in a row and is left alone for ``seconds``."""

    code = "suspended"
    message = N_("The billing %(billing)s failed several times in a row and is left alone for %(seconds)s s.")
    remedy = N_("Wait, then try again.")


class Uncertain(Unavailable):
    """The call was sent but its answer was lost: it may have been done."""

    code = "uncertain"
    message = N_("The billing %(billing)s did not confirm: it may have been done.")
    remedy = N_("Look in the billing before you repeat it.")
    retryable = False


class Garbled(BillingError):
    """The answer is not what the protocol says; ``why`` is for the administrator and stands in the details."""

    code = "garbled"
    message = N_("The billing %(billing)s gave an answer that makes no sense.")
    remedy = N_("Try again; if it stays, tell the administrator the request number %(request_id)s.")
    retryable = True

    def __str__(self) -> str:
        """For logs: with the reason, which people see only in the details."""
        return f"{self.text()} ({self.params.get('why', 'no reason')})"


class UnsupportedVersion(BillingError):
    """The server's version is not supported, or cannot do this operation."""

    code = "unsupported version"
    message = N_("The billing %(billing)s has version %(version)s, which cannot do this.")
    remedy = N_("Do it in the billing's own client, or have the billing updated.")
