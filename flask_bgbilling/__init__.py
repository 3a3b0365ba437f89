"""flask-bgbilling: the contracts of BGBilling servers inside the pages of a Flask application."""

from flask_bgbilling.domain.accounts import PropertyAccounts
from flask_bgbilling.errors import BGBillingError, BillingError, ConfigurationError, InputError
from flask_bgbilling.extension import BGBilling
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem, hookimpl
from flask_bgbilling.store.secret_box import SecretBox

__all__ = [
    "BGBilling",
    "BGBillingError",
    "BillingError",
    "CardSection",
    "ConfigurationError",
    "InputError",
    "PropertyAccounts",
    "SecretBox",
    "SectionContext",
    "SectionView",
    "TreeItem",
    "hookimpl",
]
