"""The check of the catalogues finds what it is there to find."""

from pathlib import Path

import pytest

from tests.meta import messages
from tests.meta.messages import DOMAINS, Domain, collected, compile_stale, mistakes, update

CODE = """
t("Plain text"); N_("Text with %(name)s"); tn("%(n)s contract", "%(n)s contracts", 5)
"""
TEMPLATE = '{{ t("From a template") }} {{ tn("%(n)s day", "%(n)s days", n) }} {% set x = t("inside %(a)s", a=1) %}'

GOOD = {
    "Plain text": "Простой текст",
    "Text with %(name)s": "Текст с %(name)s",
    "From a template": "Из шаблона",
    "inside %(a)s": "внутри %(a)s",
}
FORMS = {
    ("%(n)s contract", "%(n)s contracts"): ("%(n)s договор", "%(n)s договора", "%(n)s договоров"),
    ("%(n)s day", "%(n)s days"): ("день", "%(n)s дня", "%(n)s дней"),
}


@pytest.fixture
def domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Domain:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    domain = Domain("words", "package")
    monkeypatch.setattr(messages, "DOMAINS", (domain,))
    (tmp_path / "package" / "templates").mkdir(parents=True)
    (tmp_path / "package" / "code.py").write_text(CODE, "utf-8")
    (tmp_path / "package" / "templates" / "page.html").write_text(TEMPLATE, "utf-8")
    domain.catalogue.parent.mkdir(parents=True)
    return domain


def write(domain: Domain, **changed: str) -> None:
    lines = ['msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n']
    lines[0] += (
        '"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && '
        '(n%100<10 || n%100>=20) ? 1 : 2);\\n"\n'
    )
    for text, russian in {**GOOD, **changed}.items():
        lines.append(f'msgid "{text}"\nmsgstr "{russian}"\n')
    for (one, many), forms in FORMS.items():
        numbered = "".join(f'msgstr[{number}] "{form}"\n' for number, form in enumerate(forms))
        lines.append(f'msgid "{one}"\nmsgid_plural "{many}"\n{numbered}')
    domain.catalogue.write_text("\n".join(lines), "utf-8")


def test_a_complete_catalogue_has_no_mistakes(domain: Domain) -> None:
    write(domain)
    assert list(mistakes(domain)) == []


@pytest.mark.parametrize(
    ("text", "russian", "complaint"),
    [
        ("Plain text", "", "untranslated"),
        ("Plain text", "Plain text", "still English"),
        ("Plain text", "Скидка 5 % сегодня", "no place"),
        ("Text with %(name)s", "Текст с %(nmae)s", "places differ"),
        ("Text with %(name)s", "Текст без места", "places differ"),
        ("Text with %(name)s", "Текст с %(name)d", "no place"),
        ("Nobody says this", "Никто так не говорит", "no longer used"),
    ],
)
def test_each_mistake_is_found(domain: Domain, text: str, russian: str, complaint: str) -> None:
    write(domain, **{text: russian})
    found = list(mistakes(domain))
    assert found
    assert any(complaint in line for line in found), found


def test_a_new_text_is_missing_until_the_catalogue_is_updated(domain: Domain) -> None:
    write(domain)
    (domain.catalogue.parents[3] / "more.py").write_text('t("Brand new")', "utf-8")
    assert list(mistakes(domain)) == ["words.po: missing 'Brand new'"]
    update(domain)
    assert list(mistakes(domain)) == ["words.po: untranslated 'Brand new'"]


def test_updating_keeps_translations_and_drops_what_is_gone(domain: Domain) -> None:
    write(domain, **{"Nobody says this": "Никто так не говорит"})
    update(domain)
    assert list(mistakes(domain)) == []
    text = domain.catalogue.read_text("utf-8")
    assert "Простой текст" in text
    assert "Nobody" not in text
    update(domain)
    assert domain.catalogue.read_text("utf-8") == text, "the same texts make the same file"


def test_compiling_happens_once_per_change(domain: Domain) -> None:
    write(domain)
    compile_stale()
    compiled = domain.catalogue.with_suffix(".mo")
    first = compiled.stat().st_mtime_ns
    compile_stale()
    assert compiled.stat().st_mtime_ns == first
    assert "Простой текст".encode() in compiled.read_bytes()


@pytest.mark.parametrize("domain_of_ours", DOMAINS, ids=lambda domain: domain.name)
def test_our_own_catalogues_are_complete(domain_of_ours: Domain) -> None:
    assert len(list(collected(domain_of_ours))) > 30
    assert list(mistakes(domain_of_ours)) == []
