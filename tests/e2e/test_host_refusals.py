"""What the example host does not have or does not allow is told inside of its layout, in the person's language."""

import pytest

from tests.e2e.conftest import HostFactory


@pytest.mark.parametrize(
    ("login", "path", "status", "words"),
    [
        ("operator", "/nowhere", 404, "Такой страницы нет"),
        ("operator", "/processes/999", 404, "Такой страницы нет"),
        ("viewer", "/messages/new", 403, "У вас нет на это прав"),
        ("", "/nowhere", 404, "Такой страницы нет"),
    ],
)
def test_a_refusal_is_a_page(hosted: HostFactory, login: str, path: str, status: int, words: str) -> None:
    answer = hosted(bitel="9.2").client(login, language="ru").get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert "crm-header" in answer.text
