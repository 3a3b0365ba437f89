"""What stands in the way of what people do with processes."""

from flask_bgbilling.errors import N_, ConfigurationError, InputError


class UnknownProcess(InputError):
    """There is no process ``process`` that this person may see."""

    code = "unknown process"
    message = N_("There is no process %(process)s.")
    remedy = N_("The process may have been deleted meanwhile. Choose another one.")


class UnknownProcessType(InputError):
    """The host has no type of processes of the number ``type``."""

    code = "unknown process type"
    message = N_("There is no type of processes %(type)s.")
    remedy = N_("Choose a type of the list.")


class RefusedByRule(InputError):
    """A rule of the process's type does not let this happen: ``words`` are those of its author."""

    code = "refused by a rule"
    message = N_("The rules of this type of processes do not allow it: %(words)s")
    remedy = N_("Correct what the rule asks for and try again.")


class DoneMeanwhile(InputError):
    """Two people wanted the same of a process at the same moment; the other one was first."""

    code = "done meanwhile"
    message = N_("Somebody else has done the same at this moment.")
    remedy = N_("Read the page again; nothing was done a second time.")


class ScriptMistake(ConfigurationError):
    """A script calls a function with something that it cannot use. ``message`` belongs to this one error."""

    code = "script"
    remedy = N_("Correct the configuration of the process type.")

    def __init__(self, message: str, **params: object) -> None:
        self.message = message  # type: ignore[misc]
        super().__init__(**params)
