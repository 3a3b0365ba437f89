"""What happens to processes: rules that may refuse it, rules that follow from it, plugins that are told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import ProcessEvent


@dataclass(frozen=True)
class Note:
    """What a person is told beside the result: a message id with the places of ``values``."""

    message: str
    values: dict[str, str]


class ProcessEvents:
    """Reports events to whom they concern."""

    def __init__(self, plugins: Callable[[], Plugins]) -> None:
        self._plugins = plugins

    def changing(self, event: ProcessEvent) -> Sequence[Note]:
        """Asks the rules before a change; raises ``RefusedByRule``. Called outside of transactions."""
        return ()

    def changed(self, event: ProcessEvent) -> Sequence[Note]:
        """Has the rules follow a change, then tells the plugins. Called after the transaction; never raises."""
        self._plugins().tell(event)
        return ()
