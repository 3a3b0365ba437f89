"""The emulator as a command: its address, recording, list of operations, and its end."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree.ElementTree import fromstring

import pytest

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.__main__ import listing, main
from flask_bgbilling.emulator.version import SUPPORTED

MODULE = [sys.executable, "-m", "flask_bgbilling.emulator"]
USERS = "/json/ru.bitel.bgbilling.kernel.bgsecure/UserService"


@contextmanager
def running(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the address that it printed."""
    process = subprocess.Popen(
        [*MODULE, "--port", "0", "--contracts", "12", *options],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, process.stderr and process.stderr.read()
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def post(url: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    with urlopen(Request(url, body, headers or {}), timeout=10) as answer:
        found: bytes = answer.read()
    return found


def exercise(url: str) -> None:
    """One request by each transport."""
    fields = {"module": "service", "action": "Modules", "authToSession": "0", "user": "admin", "pswd": "admin"}
    assert fromstring(post(url, f"{urlencode(fields)}&".encode())).get("status") == "ok"
    request = {"method": "userInfoList", "user": {"user": "admin", "pswd": "admin"}, "params": {"a": "я"}}
    assert json.loads(post(f"{url}{USERS}?CRM=1", json.dumps(request).encode()))["status"] == "ok"
    basic = base64.b64encode(b"admin:admin").decode()
    info = base64.b64encode(b'{"title":"a.txt"}').decode()
    headers = {"Authorization": f"Basic {basic}", "bgbilling-handler": "x/y", "bgbilling-file-info": info}
    post(f"{url}/upload", b"abc", headers)


def recorded(version: str) -> list[object]:
    info = base64.b64encode(b'{"title":"a.txt"}').decode()
    return [
        {
            "version": version,
            "kind": "xml",
            "path": "",
            "body": {"module": "service", "action": "Modules", "authToSession": "0"},
        },
        {
            "version": version,
            "kind": "json-rpc",
            "path": USERS,
            "body": {"method": "userInfoList", "params": {"a": "я"}},
        },
        {
            "version": version,
            "kind": "upload",
            "path": "/upload",
            "body": None,
            "headers": {"bgbilling-handler": "x/y", "bgbilling-file-info": info},
        },
    ]


def lines(file: Path) -> list[object]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_command_answers_records_and_stops_cleanly(tmp_path: Path) -> None:
    record, log = tmp_path / "record.jsonl", tmp_path / "access.log"
    with running("--version", "10.2", "--record", str(record), "--access-log", str(log)) as (process, url):
        exercise(url)
        assert lines(record) == recorded("10.2")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "?CRM=1" in errors
    assert "Traceback" not in errors
    assert len(log.read_text(encoding="utf-8").splitlines()) == 3


def test_the_environment_asks_for_a_recording_and_the_keyboard_stops(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    private = tmp_path / "private"
    private.mkdir()
    environment = {"BGBILLING_EMULATOR_RECORD": str(record), "TMPDIR": str(private)}
    with running("--version", "9.2", "--quiet", **environment) as (process, url):
        assert list(private.iterdir())
        exercise(url)
        exercise(url)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
    assert lines(record) == [*recorded("9.2"), *recorded("9.2")]
    assert list(private.iterdir()) == []


def test_requests_are_kept_in_memory_when_asked() -> None:
    with Emulator(EmulatorSettings(version="9.2", contracts=12), keep_records=True) as emulator:
        exercise(emulator.url)
        assert emulator.records == recorded("9.2")
        emulator.recorder.clear()
        assert (emulator.records, emulator.calls) == ([], [])


def test_the_list_names_every_operation_once_per_range(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == sorted(printed)
    assert len(printed) == len(set(printed))
    form = re.compile(r"(xml [\w.]+/\w+|json-rpc [\w.]+/\w+\.\w+) \d+\.\d+-(\d+\.\d+)?")
    assert [line for line in printed if not form.fullmatch(line)] == []
    assert "xml contract/ContractInfo 7.0-8.0" in printed
    json_name = "json-rpc ru.bitel.bgbilling.kernel.contract.api/ContractService.contractInfoGet 8.2-"
    assert json_name in printed


def test_the_list_may_be_restricted_to_a_version() -> None:
    assert "xml contract/ContractInfo 7.0-8.0" in listing("7.2")
    assert "xml contract/ContractInfo 7.0-8.0" not in listing("8.2")
    everything = set(listing())
    assert everything == {line for version in SUPPORTED for line in listing(str(version))}


@pytest.mark.parametrize("options", [["--version", "6.0"], ["--fault", "flood"], ["--port", "x"]])
def test_a_wrong_option_is_explained(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(options)
    assert caught.value.code == 2
    assert options[1] in capsys.readouterr().err


def test_a_database_given_by_url_keeps_its_content(tmp_path: Path) -> None:
    settings = EmulatorSettings(version="9.2", contracts=15, db=f"sqlite:///{tmp_path / 'billing.db'}")
    with Emulator(settings) as emulator:
        fields = {"module": "admin", "action": "Command", "command": "put", "value": "x", "user": "admin"}
        post(emulator.url, urlencode({**fields, "pswd": "admin"}).encode())
        first = emulator.rows("contract")
    with Emulator(settings) as emulator:
        assert emulator.rows("contract") == first
        assert [row["value"] for row in emulator.rows("user_command")] == ["x"]
