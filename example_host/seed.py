"""The people of the demo."""

from sqlalchemy import func, select
from werkzeug.security import generate_password_hash

from example_host.models import User, database
from example_host.ports import store_properties

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
)


def seed() -> None:
    """Adds the demo users to an empty table."""
    if database.session.scalar(select(func.count()).select_from(User)):
        return
    for login, name, role, properties, billing_ids in PEOPLE:
        user = User(
            login=login,
            name=name,
            role=role,
            password_hash=generate_password_hash(login),
            billing_ids=billing_ids,
        )
        store_properties(user, properties)
        database.session.add(user)
    database.session.commit()
