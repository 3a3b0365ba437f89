"""What answers to changes are read as: ids of records, lines of reports."""

from typing import Any
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.ops.modules import read_instances
from flask_bgbilling.wire.ops.scripts import read_script_names
from flask_bgbilling.wire.ops.scripts_writes import read_report
from flask_bgbilling.wire.ops.written import read_written_json, read_written_xml
from flask_bgbilling.wire.version import Version

ZONE, VERSION = ZoneInfo("Europe/Moscow"), Version("9.2")


def xml(document: str) -> XmlAnswer:
    return XmlAnswer(fromstring(document), ZONE, VERSION)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"return": 7}, 7),
        ({"return": "7"}, 7),
        ({"return": 0}, None),
        ({"return": -1}, None),
        ({"return": None}, None),
        ({"return": True}, None),
        ({"return": {"id": 7}}, None),
        ({}, None),
    ],
)
def test_an_id_that_is_returned(data: dict[str, Any], expected: int | None) -> None:
    assert read_written_json(JsonAnswer(data, ZONE, VERSION)) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('<data status="ok" id="12"/>', 12),
        ('<data status="ok"/>', None),
        ('<data status="ok" id="new"/>', None),
        ('<data status="ok" id="-1"/>', None),
        ('<data status="message">Задание поставлено в очередь</data>', None),
    ],
)
def test_an_id_at_the_root(document: str, expected: int | None) -> None:
    assert read_written_xml(xml(document)) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('<data status="ok"><table><data><row text="a"/><row text=""/><row>b</row></data></table></data>', "a||b"),
        ('<data status="ok"><row text=" &lt;b&gt; "/></data>', " <b> "),
        ('<data status="ok">\n  <table>\n <data/>\n</table>\n</data>', ""),
        ('<data status="message">Поставлено\nв очередь</data>', "Поставлено|в очередь"),
    ],
)
def test_a_report(document: str, expected: str) -> None:
    assert "|".join(read_report(xml(document))) == expected


def test_directories_at_any_depth() -> None:
    modules = xml('<data status="ok"><x><module id="1" title="Inet"/></x><module id="2" title="Bill"/></data>')
    assert read_instances(modules) == (IdTitle(1, "Inet"), IdTitle(2, "Bill"))
    scripts = read_script_names(xml('<data status="ok"><any><item id="3" title="Скрипт"/></any></data>'))
    assert (scripts.entries, scripts.title(3)) == ((IdTitle(3, "Скрипт"),), "Скрипт")
