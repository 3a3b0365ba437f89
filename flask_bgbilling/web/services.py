"""How pages reach the domain of their application."""

from typing import cast

from flask import current_app

from flask_bgbilling.domain.services import Services


def services() -> Services:
    """The services of the current application."""
    return cast(Services, current_app.extensions["bgbilling"].services)
