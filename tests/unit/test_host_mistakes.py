"""What a developer is told who mounts the extension wrongly, or asks its commands for something absent."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo

from flask_bgbilling import BGBilling, CardSection, ConfigurationError, PropertyAccounts, SecretBox, hookimpl
from flask_bgbilling.cli import bgbilling
from flask_bgbilling.ports import Grant, Person

SERVER = (
    "bgbilling:server.1.id=ds\nbgbilling:server.1.title=DS\n"
    "bgbilling:server.1.url=http://127.0.0.1:9/bgbilling/executer\n"
)


class People:
    """One person who may do everything."""

    def current(self) -> Person | None:
        return Person("7", "anna", "Анна")

    def grant(self, person: Person, permission: str) -> Grant | None:
        return Grant()

    def sign_in_address(self, back_to: str) -> str:
        return "/login"


class Half:
    """A port that is not finished."""

    def current(self) -> Person | None:
        return None


class Plugin:
    """A proper plugin."""

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        return ()


def mount(**arguments: Any) -> BGBilling:
    app = Flask("host")
    return BGBilling(app, **{"users": People(), "accounts": PropertyAccounts(lambda person_id: {}), **arguments})


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"users": None}, "users: None lacks current, grant, sign_in_address; see Users in flask_bgbilling.ports"),
        ({"users": Half()}, "users: Half lacks grant, sign_in_address"),
        ({"users": People}, r"users: People is a class; pass an object, People\(\)"),
        ({"accounts": lambda person_id: {}}, "accounts: function lacks credentials"),
        ({"address_book": People()}, "address_book: People lacks streets, houses, street, house"),
        ({"opened_objects": People()}, "opened_objects: People lacks remember"),
        ({"customers": People()}, "customers: People lacks get, lock, find_by_title, .*, opened; see Customers in"),
        ({"processes": People()}, "processes: People lacks get, visible, .*, address; see Processes in"),
        ({"database": People()}, "database: People has no session"),
        ({"plugins": [Plugin]}, r"Plugin is a class; pass an object, Plugin\(\)"),
        ({"configuration": 5}, "BGBILLING_CONFIG is int: expected a text, a path or a mapping"),
        ({"configuration": b"a=b"}, "BGBILLING_CONFIG is bytes"),
        ({"configuration": "/no/such.conf"}, "/no/such.conf cannot be read"),
    ],
    ids=lambda value: (
        value if isinstance(value, str) else "-".join(value) if isinstance(value, dict) else type(value).__name__
    ),
)
def test_a_wrong_argument_is_named_with_the_remedy(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        mount(**arguments)


def test_ports_cannot_be_forgotten() -> None:
    with pytest.raises(TypeError, match="'users' and 'accounts'"):
        BGBilling(Flask("host"))  # type: ignore[call-arg]


def test_one_key_in_place_of_a_list_is_told() -> None:
    with pytest.raises(ConfigurationError, match="expected a list of keys"):
        SecretBox(SecretBox.new_key())


def test_an_application_without_the_extension_is_told_so() -> None:
    extension = BGBilling(users=People(), accounts=PropertyAccounts(lambda person_id: {}))
    with Flask("other").app_context(), pytest.raises(ConfigurationError, match="call init_app"):
        extension.settings()


def test_a_factory_mounts_one_extension_into_several_applications() -> None:
    extension = BGBilling(users=People(), accounts=PropertyAccounts(lambda person_id: {}))
    applications = {}
    for title in ("one", "two"):
        applications[title] = Flask(title)
        applications[title].config["BGBILLING_CONFIG"] = SERVER.replace("=DS", f"={title}")
        extension.init_app(applications[title])
    for title, app in applications.items():
        with app.app_context():
            assert [server.title for server in extension.settings().servers] == [title]


def test_a_host_checks_a_text_before_it_saves_it() -> None:
    app = Flask("host")
    extension = BGBilling(
        app, users=People(), accounts=PropertyAccounts(lambda person_id: {}), configuration=SERVER + "nonsense\n"
    )
    with app.app_context():
        assert [problem.line for problem in extension.check_configuration()] == [4]
        found = extension.check_configuration("bgbilling:server.1.id=ds\n")
    assert [problem.severity for problem in found] == ["error", "error"]
    assert "bgbilling:server.1.title is missing" in found[0].text()


def run(*words: str, app: Flask | None = None) -> Result:
    script = ScriptInfo(create_app=(lambda: app) if app else None)
    return (app or Flask("nobody")).test_cli_runner().invoke(bgbilling, words, obj=script)


def test_a_file_is_checked_without_an_application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "bgbilling.conf"
    file.write_text(SERVER, "utf-8")
    result = run("config", "check", str(file))
    assert (result.exit_code, result.output) == (0, "0 errors, 0 warnings\n")
    file.write_text(SERVER + "bgbilling:server.1.requestTimeOut=soon\n", "utf-8")
    result = run("config", "check", str(file))
    assert result.exit_code == 1
    assert "4" in result.output
    assert "bgbilling:server.1.requestTimeOut" in result.output
    assert result.output.endswith("1 errors, 0 warnings\n")


def test_a_file_in_a_strange_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "bgbilling.conf"
    file.write_bytes("bgbilling:server.1.title=Сеть".encode("cp1251"))
    result = run("config", "check", str(file))
    assert result.exit_code == 1
    assert "Error: The configuration is wrong" in result.output


def test_the_applications_own_configuration_is_checked() -> None:
    app = Flask("host")
    BGBilling(app, users=People(), accounts=PropertyAccounts(lambda person_id: {}), configuration=SERVER + "nonsense\n")
    result = run("config", "check", app=app)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "0 errors, 1 warnings")


def test_nothing_configured_is_an_error_of_the_check() -> None:
    app = Flask("host")
    BGBilling(app, users=People(), accounts=PropertyAccounts(lambda person_id: {}))
    result = run("config", "check", app=app)
    assert result.exit_code == 1
    assert "BGBILLING_CONFIG is not set" in result.output


def test_a_check_of_an_application_without_the_extension_says_so() -> None:
    result = run("config", "check", app=Flask("host"))
    assert result.exit_code == 1
    assert "does not mount BGBilling" in result.output


def test_a_new_key_is_a_key() -> None:
    box = SecretBox([run("secrets", "new-key").output.strip()])
    assert box.open(box.seal("тайна")) == "тайна"
