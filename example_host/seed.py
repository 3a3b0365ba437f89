"""The people of the demo, its customers and processes."""

from sqlalchemy import select
from werkzeug.security import generate_password_hash

from example_host.customers.demo import fill_customers
from example_host.customers.port import know_words
from example_host.messages.demo import fill_messages
from example_host.messages.models import ExtensionRow
from example_host.models import TypeLimit, User, database
from example_host.ports import store_properties
from example_host.processes.demo import fill_processes
from example_host.processes.values import know_houses

# login and password are equal: this is a demo
PEOPLE = (
    (
        "operator",
        "Анна Орлова",
        "operator",
        {"bgbilling:login": "operator", "bgbilling:password": "operator"},
        "",
    ),
    (
        "accountant",
        "Ирина Белова",
        "accountant",
        {
            "bgbilling:login": "admin",
            "bgbilling:password": "admin",
            "bgbilling:login.ds": "limited",
            "bgbilling:password.ds": "limited",
        },
        "",
    ),
    (
        "admin",
        "Павел Громов",
        "administrator",
        {"bgbilling:login": "admin", "bgbilling:password": "admin"},
        "",
    ),
    (
        "branch",
        "Ольга Зимина",
        "operator",
        {"bgbilling:login": "operator", "bgbilling:password": "operator"},
        "tks",
    ),
    (
        "viewer",
        "Сергей Лунин",
        "viewer",
        {"bgbilling:login": "reader", "bgbilling:password": "reader"},
        "",
    ),
    (
        "cashier",
        "Нина Кассирова",
        "accountant",
        {"bgbilling:login": "admin", "bgbilling:password": "admin"},
        "",
    ),
)

# The telephones on their desks.
EXTENSIONS = {"operator": "101", "branch": "102", "admin": "100"}

# Whose payments may be only of some types, by billing: those of the cash desk.
PAYMENT_TYPES = {"cashier": {"bitel": (1, 2), "ds": (1, 2), "tks": (1, 2)}}


def seed() -> None:
    """Adds what is not there yet."""
    known = set(database.session.scalars(select(User.login)))
    for login, name, role, properties, billing_ids in PEOPLE:
        if login in known:
            continue
        user = User(
            login=login,
            name=name,
            role=role,
            password_hash=generate_password_hash(login),
            billing_ids=billing_ids,
        )
        store_properties(user, properties)
        database.session.add(user)
        database.session.flush()
        if login in EXTENSIONS:
            database.session.add(ExtensionRow(user_id=user.id, number=EXTENSIONS[login]))
        for billing_id, type_ids in PAYMENT_TYPES.get(login, {}).items():
            for type_id in type_ids:
                limit = TypeLimit(user_id=user.id, billing_id=billing_id, kind="payment", type_id=type_id)
                database.session.add(limit)
    know_words()
    know_houses()
    fill_customers()
    fill_processes()
    fill_messages()
    database.session.commit()
