"""How long one document may take and how large it may become."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import NoReturn

from flask_bgbilling.domain.documents.errors import TooMuch


@dataclass(frozen=True)
class Limits:
    """Seconds, steps of the template, characters of text and bytes of the file."""

    seconds: float = 20.0
    steps: int = 300_000
    characters: int = 10_000_000
    bytes: int = 20 * 1024 * 1024


class Budget:
    """What is left of the limits while one document is made; whoever takes more raises ``TooMuch``.

    ``exceeded`` says so afterwards: a library may have made another error of it.
    """

    def __init__(self, template: str, limits: Limits | None = None, clock: Callable[[], float] = monotonic) -> None:
        self.template = template
        self.limits = limits or Limits()
        self._clock = clock
        self._deadline = clock() + self.limits.seconds
        self._steps = self.limits.steps
        self._characters = self.limits.characters
        self.exceeded = False

    def step(self) -> None:
        """One turn of a loop, one call, one page."""
        self._steps -= 1
        if self._steps < 0:
            self.refuse()
        if self._steps % 64 == 0:
            self.check_time()

    def check_time(self) -> None:
        """Sees that there is time left."""
        if self._clock() > self._deadline:
            self.refuse()

    def take(self, characters: int) -> None:
        """So much text was made."""
        self._characters -= characters
        if self._characters < 0:
            self.refuse()

    def bounded(self, length: int) -> None:
        """A single value of so many characters is about to be made."""
        if length > self.limits.characters:
            self.refuse()

    def file(self, body: bytes) -> bytes:
        """The finished file, when it is not too large."""
        if len(body) > self.limits.bytes:
            self.refuse()
        self.check_time()
        return body

    def refuse(self) -> NoReturn:
        """Raises ``TooMuch``."""
        self.exceeded = True
        raise TooMuch(template=self.template)
