"""A plugin that raises at every hook it implements."""

from flask_bgbilling import hookimpl


@hookimpl
def bgbilling_card_sections():
    raise RuntimeError("the calendar is not there")


@hookimpl
def bgbilling_message_searches():
    return ["no search at all"]


@hookimpl
def bgbilling_process_event(event):
    raise LookupError(event.process_id)
