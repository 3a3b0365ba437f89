"""The documentation's table of card screens, and names of permissions, agree with the code."""

import pkgutil
from fnmatch import fnmatchcase
from importlib import import_module
from types import FunctionType

from docs import generate, references
from example_host import roles
from example_host.customers import views as customers
from example_host.messages import views as messages
from example_host.processes import views as processes
from flask_bgbilling import web
from flask_bgbilling.builtin.card import CardPlugin


def test_every_row_has_a_section_and_a_test_and_every_section_a_row() -> None:
    assert list(generate.mistakes()) == []


def test_generated_pages_are_fresh() -> None:
    assert generate.stale() == [], "run: python -m docs.generate"


def test_everything_that_alters_something_is_done_by_an_action() -> None:
    assert references.unused() == []


def test_every_operation_is_in_the_table() -> None:
    text = (generate.DOCS / "operations.md").read_text("utf-8")
    assert [name for name, one in references.operations().items() if f"| {one.name} |" not in text] == []


def test_keys_titles_and_orders_are_unique() -> None:
    found = list(references.sections().values())
    for values in ([section.title for section in found], [section.order for section in found]):
        assert len(values) == len(set(values))


def test_roles_of_the_example_host_name_real_permissions() -> None:
    real = {section.permission for section in references.sections().values()}
    real |= {action.permission for section in references.sections().values() for action in section.actions}
    real |= {item.permission for item in CardPlugin().bgbilling_card_menu()}
    for found in pkgutil.iter_modules(web.__path__):
        module = import_module(f"{web.__name__}.{found.name}")
        views_of_module = (value for value in vars(module).values() if type(value) is FunctionType)
        real |= {view.bgbilling_permission for view in views_of_module if hasattr(view, "bgbilling_permission")}
    real |= {customers.PERMISSION, messages.READ, messages.WRITE, processes.READ, processes.UPDATE}  # the host's own
    for role in roles.ROLES:
        for pattern in (*roles.GRANTED.get(role, ()), *roles.DENIED.get(role, ())):
            assert any(fnmatchcase(name, pattern) for name in real), pattern
