"""What the macros of fields ask a form: typed values, the problem of a field, where the cursor begins."""

from flask_bgbilling.errors import BGBillingError
from flask_bgbilling.fields import FormFields
from flask_bgbilling.web.i18n import describe


class TypedForm:
    """A form as it was typed, with the problem of the last attempt where there was one."""

    def __init__(self, typed: FormFields, problem: BGBillingError | None, once: str) -> None:
        self.typed = typed
        self.problem = problem
        self.once = once
        self.field = getattr(problem, "field", "")

    def value(self, name: str, stored: object = "") -> str:
        """What was typed, else what was there."""
        return self.typed.raw(name) if name in self.typed else str(stored)

    def problem_of(self, name: str) -> str:
        """Why the field cannot be used, in the reader's words."""
        return describe(self.problem)[0] if self.problem is not None and self.field == name else ""

    def focused(self, name: str, first: bool) -> bool:
        """Whether the cursor begins here."""
        return self.field == name if self.field else first
