"""What stands in the way of what people do with processes."""

from flask_bgbilling.errors import N_, InputError


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
