"""flask-bgbilling: the contracts of BGBilling servers inside the pages of a Flask application."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask_bgbilling.domain.accounts import PropertyAccounts
    from flask_bgbilling.errors import BGBillingError, BillingError, ConfigurationError, InputError
    from flask_bgbilling.extension import BGBilling
    from flask_bgbilling.facts import Fact
    from flask_bgbilling.fields import FormFields, InvalidField
    from flask_bgbilling.hookspecs import (
        ActionContext,
        CardAction,
        CardMenuItem,
        CardSection,
        Change,
        Creation,
        Gone,
        JobKind,
        Question,
        SectionContext,
        SectionFile,
        SectionView,
        Step,
        TreeItem,
        hookimpl,
    )
    from flask_bgbilling.store.secret_box import SecretBox

# Loaded on first use: the emulator, which lives in this package too, needs none of it.
_HOMES = {
    "BGBilling": "extension",
    **dict.fromkeys(("BGBillingError", "BillingError", "ConfigurationError", "InputError"), "errors"),
    "Fact": "facts",
    **dict.fromkeys(("FormFields", "InvalidField"), "fields"),
    **dict.fromkeys(
        (
            "ActionContext",
            "CardAction",
            "CardMenuItem",
            "CardSection",
            "Change",
            "Creation",
            "Gone",
            "JobKind",
            "Question",
            "SectionContext",
            "SectionFile",
            "SectionView",
            "Step",
            "TreeItem",
            "hookimpl",
        ),
        "hookspecs",
    ),
    "PropertyAccounts": "domain.accounts",
    "SecretBox": "store.secret_box",
}

__all__ = [
    "ActionContext",
    "BGBilling",
    "BGBillingError",
    "BillingError",
    "CardAction",
    "CardMenuItem",
    "CardSection",
    "Change",
    "ConfigurationError",
    "Creation",
    "Fact",
    "FormFields",
    "Gone",
    "InputError",
    "InvalidField",
    "JobKind",
    "PropertyAccounts",
    "Question",
    "SecretBox",
    "SectionContext",
    "SectionFile",
    "SectionView",
    "Step",
    "TreeItem",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
