"""Absent, denied or broken: what the words, the class and the status of an error answer mean."""

import pytest

from flask_bgbilling.errors import Absent, NoRights, Refused, WrongPassword
from flask_bgbilling.wire.refusals import refusal


@pytest.mark.parametrize(
    ("words", "exception", "status", "kind"),
    [
        ("Нет прав на выполнение операции", "", None, NoRights),
        ("Недостаточно прав для просмотра баланса", "", None, NoRights),
        ("У вас нет права на это действие", "", None, NoRights),
        ("Доступ к договору запрещён", "", None, NoRights),
        ("Access denied", "", None, NoRights),
        ("Operation is not permitted for user", "", None, NoRights),
        ("Неверное имя пользователя или пароль", "", None, WrongPassword),
        ("Неправильный пароль", "", None, WrongPassword),
        ("Неверный пароль регистратора", "", None, Refused),
        ("Неверный пароль фискального регистратора", "", None, Refused),
        ("Неверный пароль пользователя регистратор1", "", None, WrongPassword),
        ("Ошибка авторизации", "", None, WrongPassword),
        ("Логин или пароль указаны неверно", "", None, WrongPassword),
        ("Пользователь заблокирован", "", None, WrongPassword),
        ("Bad credentials", "", None, WrongPassword),
        ("Договор не найден", "", None, Absent),
        ("Платёж с кодом 5 не существует", "", None, Absent),
        ("Contract 5 not found", "", None, Absent),
        ("The file doesn't exist", "", None, Absent),
        ("Период закрыт", "", None, Refused),
        ("not implemented: contract/Something", "", None, Refused),
        ("Метод someMethod не найден", "", None, Refused),
        ("Action Something not found", "", None, Refused),
        ("", "ru.bitel.bgbilling.common.BGIllegalAccessException", None, NoRights),
        ("", "ru.bitel.bgbilling.common.BGAuthenticationException", None, WrongPassword),
        ("", "java.lang.ClassNotFoundException", None, Refused),
        ("", "a.EntityNotFoundException", None, Absent),
        (
            "Неверное имя пользователя или пароль",
            "ru.bitel.bgbilling.common.BGIllegalAccessException",
            None,
            WrongPassword,
        ),
        ("", "ru.bitel.bgbilling.common.BGException", None, Refused),
        ("", "", 401, WrongPassword),
        ("", "", 403, NoRights),
        ("", "", None, Refused),
    ],
)
def test_what_a_refusal_means(words: str, exception: str, status: int | None, kind: type[Refused]) -> None:
    error = refusal(words, billing="A", operation="balance", request_id="ab12", exception=exception, http_status=status)
    assert type(error) is kind
    assert error.params["words"]
    assert (error.billing, error.operation, error.request_id) == ("A", "balance", "ab12")


def test_the_words_of_a_refusal_are_cut_to_a_showable_length() -> None:
    error = refusal("много " * 10_000, billing="A", operation="x", request_id="1")
    assert len(str(error.params["words"])) <= 1000
