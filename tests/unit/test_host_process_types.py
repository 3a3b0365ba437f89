"""Process types of the example host: who may edit them, what is wrong line by line, and two people at one text."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from example_host import create_app
from example_host.models import User, database
from example_host.mounting import bgbilling
from example_host.processes.models import ProcessTypeRow
from flask_bgbilling import SecretBox

LIST = "/process-types"
WRONG = "bgbilling:processLinkedContract.1.groupIds=2,99\n\nbgbilling:processLinkedContract.1.titleRegexp=[\n"


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("types")
    (folder / "crm.conf").write_text("", "utf-8")
    return create_app(
        {
            "TESTING": True,
            "WTF_CSRF_ENABLED": False,
            "SECRET_KEY": "test",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'crm.sqlite3'}",
            "BGBILLING_CONFIG": str(folder / "crm.conf"),
            "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
        }
    )


@pytest.fixture(autouse=True)
def _stored(crm: Flask) -> Iterator[None]:
    with crm.app_context():
        kept = {row.id: row.configuration for row in database.session.query(ProcessTypeRow)}
    yield
    with crm.app_context():
        for row in database.session.query(ProcessTypeRow):
            row.configuration = kept[row.id]
        database.session.commit()


def client(crm: Flask, login: str = "admin", language: str = "en") -> FlaskClient:
    with crm.app_context():
        user = database.session.query(User).filter_by(login=login).one()
    client = crm.test_client()
    with client.session_transaction() as session:
        session.update(user_id=user.id, language=language)
    return client


def stored(crm: Flask, number: int = 1) -> str:
    with crm.app_context():
        return database.session.get_one(ProcessTypeRow, number).configuration


def fields(page: str, text: str, *, save: bool = True) -> dict[str, str]:
    """The form of a page, filled."""
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    return {"seen": seen[1], "text": text, **({"save": "1"} if save else {})}


def area(page: str) -> str:
    """What a browser has in the text area: the first line end behind the tag is not part of it."""
    return unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]).removeprefix("\n")


def test_the_demo_has_its_types_and_nothing_is_wrong_with_them_but_missing_billings(crm: Flask) -> None:
    page = client(crm).get(LIST).text
    for title in ("Подключение", "Ремонт", "Обращение"):
        assert title in page
    assert re.search(r'<a href="/configuration" aria-current="page">Configuration</a>', page)
    assert re.search(r'<a href="/process-types" aria-current="page">Process types</a>', page)
    assert '<a href="/process-types">Process types</a>' in client(crm).get("/configuration").text
    with crm.app_context():
        wrong = {one.code for kind in (1, 2, 3) for one in bgbilling.check_process_type(stored(crm, kind))}
    assert wrong == {"billing-unknown"}


@pytest.mark.parametrize("login", ["operator", "accountant", "viewer"])
def test_only_administrators_edit_types(crm: Flask, login: str) -> None:
    other = client(crm, login)
    before = stored(crm)
    assert LIST not in other.get("/").text
    assert other.get(LIST).status_code == 403
    assert other.get(f"{LIST}/1").status_code == 403
    assert other.post(f"{LIST}/1", data={"text": "", "save": "1"}).status_code == 403
    assert crm.test_client().post(f"{LIST}/1", data={"text": "", "save": "1"}).status_code == 302
    assert stored(crm) == before


def test_a_form_of_another_site_changes_nothing(crm: Flask) -> None:
    before = stored(crm)
    crm.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client(crm).post(f"{LIST}/1", data={"text": "", "save": "1"})
    finally:
        crm.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert stored(crm) == before


def test_what_is_wrong_is_told_with_its_line(crm: Flask) -> None:
    admin = client(crm)
    before = stored(crm)
    form = admin.get(f"{LIST}/1").text
    checked = admin.post(f"{LIST}/1", data=fields(form, WRONG, save=False))
    assert checked.status_code == 200
    assert area(checked.text) == WRONG
    lines = re.findall(r"<tr><td>(\d*)</td><td>(error|warning)</td>", checked.text)
    assert [line for line, _ in lines] == ["1", "3"]
    assert stored(crm) == before, "it was only checked"
    saved = admin.post(f"{LIST}/1", data=fields(form, WRONG.replace("\n", "\r\n")), follow_redirects=True)
    assert "takes effect at once" in saved.text
    assert stored(crm) == WRONG
    assert "2 remarks" in admin.get(LIST).text
    russian = client(crm, language="ru").get(f"{LIST}/1").text
    assert "Строка" in russian
    told = re.findall(r"<td>(?:ошибка|предупреждение)</td><td>([^<]*)</td>", russian)
    assert len(told) == 2
    assert all(re.search("[а-я]{4}", words) for words in told), "mistakes are told in Russian as well"


def test_texts_stay_as_they_were_typed(crm: Flask) -> None:
    admin = client(crm)
    text = "\n\n# </textarea><script>alert(1)</script> &amp; ёж\na=1\n"
    admin.post(f"{LIST}/3", data=fields(admin.get(f"{LIST}/3").text, text))
    assert stored(crm, 3) == text
    page = admin.get(f"{LIST}/3").text
    assert area(page) == text
    assert "<script>alert" not in page


def test_two_people_at_one_text_take_nothing_from_each_other(crm: Flask) -> None:
    anna, boris = client(crm), client(crm)
    first, second = anna.get(f"{LIST}/3").text, boris.get(f"{LIST}/3").text
    anna.post(f"{LIST}/3", data=fields(first, "# Анна\n"))
    late = boris.post(f"{LIST}/3", data=fields(second, "# Борис\n"))
    assert late.status_code == 409
    assert "meanwhile" in late.text
    assert "# Анна" in late.text
    assert area(late.text) == "# Борис\n"
    assert stored(crm, 3) == "# Анна\n"
    boris.post(f"{LIST}/3", data=fields(late.text, "# Борис\n"))
    assert stored(crm, 3) == "# Борис\n"


@pytest.mark.parametrize("number", ["99", "0", "2147483648", "x"])
def test_types_that_there_are_not(crm: Flask, number: str) -> None:
    assert client(crm).get(f"{LIST}/{number}").status_code == 404
    assert client(crm).post(f"{LIST}/{number}", data={"text": "", "save": "1"}).status_code == 404
