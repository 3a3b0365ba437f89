"""What can be wrong with an expression: always with its place, in a message that pages translate."""

from collections.abc import Mapping

from flask_bgbilling.errors import N_, ConfigurationError, fill


class ExpressionError(ConfigurationError):
    """An expression cannot be read, or failed while it ran.

    ``message`` is an English template for ``params``, marked for translation. ``line`` and ``column`` count from 1 and
    are 0 as long as the place is not known; they are parameters as well. ``at`` is the place in characters from the
    beginning of the text, ``-1`` when unknown.
    """

    code = "expression"
    remedy = N_("Correct the expression; “flask bgbilling expr” tries one.")

    at: int = -1
    line: int = 0
    column: int = 0

    def __init__(self, message: str, *, at: int = -1, **params: object) -> None:
        self.message = message  # type: ignore[misc]
        self.at = at
        super().__init__(**params)

    def text(self) -> str:
        """The message in English, with the place when it is known."""
        told = fill(self.message, self.params)
        return f"line {self.line}, column {self.column}: {told}" if self.line else told

    def placed(self, at: int) -> "ExpressionError":
        """This error, at a place if it has none yet."""
        if self.at < 0:
            self.at = at
        return self

    def locate(self, source: str) -> None:
        """Finds line and column of ``at`` in the text of the expression."""
        if self.at < 0 or self.line:
            return
        before = source[: self.at]
        self.line = before.count("\n") + 1
        self.column = self.at - (before.rfind("\n") + 1) + 1
        params: Mapping[str, object] = {**self.params, "line": self.line, "column": self.column}
        ConfigurationError.__init__(self, **params)


class ExpressionSyntaxError(ExpressionError):
    """The text is no expression; raised before anything of it runs."""

    code = "expression syntax"


class ExpressionLimitError(ExpressionError):
    """The expression wants more steps, time or room than it may have."""

    code = "expression limit"
    remedy = N_("Make the expression simpler.")
