"""Where a configuration comes from: texts, files, mappings; changes, faults and threads."""

import logging
import os
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from flask_bgbilling.config.source import LARGEST_FILE, ConfigurationSource, properties_of
from flask_bgbilling.errors import ConfigurationError

SERVER = "bgbilling:server.1.id=bitel\nbgbilling:server.1.title=BiTel\nbgbilling:server.1.url=http://h/x\n"


class Clocks:
    """A monotonic and a wall clock that move only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def file(tmp_path: Path, clocks: Clocks) -> Path:
    path = tmp_path / "bgbilling.properties"
    write(path, SERVER, at=clocks.now - 100)
    return path


def write(path: Path, text: str, *, at: float) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))


def watch(path: Path, clocks: Clocks) -> ConfigurationSource:
    return ConfigurationSource(path, clock=clocks.monotonic, wall_clock=clocks.wall)


def ids(source: ConfigurationSource) -> list[str]:
    return [server.id for server in source.current().servers]


def test_a_string_with_a_line_or_a_sign_is_a_text() -> None:
    assert ids(ConfigurationSource(SERVER)) == ["bitel"]
    assert not ConfigurationSource("bgbilling:enable=0").current().enabled
    assert ConfigurationSource("bgbilling:enable=0").path is None


@pytest.mark.parametrize("value", [None, "", "  ", {}])
def test_no_configuration_is_an_empty_one(value: str | dict[str, object] | None) -> None:
    settings = ConfigurationSource(value).current()
    assert (settings.enabled, settings.servers, settings.problems) == (True, (), ())


def test_any_other_string_and_a_path_are_files(file: Path) -> None:
    for value in (str(file), file):
        source = ConfigurationSource(value)
        assert source.path == file
        assert ids(source) == ["bitel"]


def test_a_mapping() -> None:
    source = ConfigurationSource(
        {
            "bgbilling:enable": True,
            "bgbilling:server.1.id": "bitel",
            "bgbilling:server.1.title": "{@not.a.macro}",
            "bgbilling:server.1.url": "http://h/x",
            "bgbilling:server.1.requestTimeOut": 700,
            "bgbilling:server.1.version": Decimal("9.2"),
            "bgbilling:server.1.timezone": None,
            "bgbilling:search.contract.param.address.paramIds": [1, 2],
        }
    )
    settings = source.current()
    (server,) = settings.servers
    assert (server.title, server.request_timeout, server.version) == ("{@not.a.macro}", 0.7, "9.2")
    assert settings.search.address_parameter_ids == (1, 2)
    assert settings.version
    assert source.check() == []


@pytest.mark.parametrize("value", [1.5, {"a": 1}, object(), [[1]], b"x", [object()]])
def test_a_mapping_with_other_values_is_refused_without_showing_them(value: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        properties_of({"bgbilling:password": value})
    assert "bgbilling:password" in str(caught.value)
    assert repr(value) not in str(caught.value)


def test_a_missing_file_at_the_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"absent\.properties"):
        ConfigurationSource(tmp_path / "absent.properties")
    with pytest.raises(ConfigurationError):
        ConfigurationSource(tmp_path)
    with pytest.raises(ConfigurationError):
        ConfigurationSource("nul\0byte")


def test_a_change_is_seen_after_the_interval_and_not_before(file: Path, clocks: Clocks) -> None:
    source = watch(file, clocks)
    before = source.current()
    write(file, SERVER.replace("=bitel", "=ds"), at=clocks.now)
    clocks.now += 1.9
    assert source.current() is before
    clocks.now += 0.1
    assert ids(source) == ["ds"]
    assert source.current().version != before.version
    assert ids(source) == ["ds"]


def test_every_source_sees_the_change_by_itself(file: Path, clocks: Clocks) -> None:
    processes = [watch(file, clocks) for _ in range(3)]
    write(file, SERVER.replace("=bitel", "=ds"), at=clocks.now)
    clocks.now += 2
    assert [ids(source) for source in processes] == [["ds"]] * 3
    assert len({source.current().version for source in processes}) == 1


def test_the_same_content_keeps_the_same_settings(file: Path, clocks: Clocks) -> None:
    source = watch(file, clocks)
    before = source.current()
    write(file, SERVER, at=clocks.now)
    clocks.now += 3
    assert source.current() is before


def test_two_writes_within_one_tick_of_the_file_system_are_told_apart(file: Path, clocks: Clocks) -> None:
    moment = clocks.now
    write(file, SERVER.replace("BiTel", "Alpha"), at=moment)
    source = watch(file, clocks)
    write(file, SERVER.replace("BiTel", "Omega"), at=moment)
    clocks.now += 2
    assert source.current().servers[0].title == "Omega"


def test_an_untouched_file_is_not_read_again(file: Path, clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> None:
    source = watch(file, clocks)
    before = source.current()

    def refuse(path: Path) -> bytes:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    clocks.now += 10
    assert source.current() is before


def test_an_unreadable_file_keeps_the_last_good_settings_and_says_so_once(
    file: Path, clocks: Clocks, caplog: pytest.LogCaptureFixture
) -> None:
    source = watch(file, clocks)
    file.rename(file.with_suffix(".away"))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            clocks.now += 2
            assert ids(source) == ["bitel"]
    assert source.problem is not None
    assert source.problem.code == "source-missing"
    assert len(caplog.records) == 1
    file.with_suffix(".away").rename(file)
    clocks.now += 2
    assert ids(source) == ["bitel"]
    assert source.problem is None


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"a=\xff\xfe", "source-encoding"), (b" \n", "source-empty"), (b"#" * (LARGEST_FILE + 1), "source-large")],
)
def test_a_spoilt_file_changes_nothing(file: Path, clocks: Clocks, content: bytes, code: str) -> None:
    source = watch(file, clocks)
    file.write_bytes(content)
    clocks.now += 2
    assert ids(source) == ["bitel"]
    assert source.problem is not None
    assert source.problem.code == code
    write(file, SERVER.replace("=bitel", "=ds"), at=clocks.now)
    clocks.now += 2
    assert ids(source) == ["ds"]
    assert source.problem is None


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.properties"
    path.write_bytes(b"\xef\xbb\xbf" + SERVER.replace("\n", "\r\n").encode())
    assert ids(ConfigurationSource(path)) == ["bitel"]


def test_a_server_that_a_change_breaks_is_disabled_and_the_rest_stays(file: Path, clocks: Clocks) -> None:
    source = watch(file, clocks)
    write(
        file, SERVER.replace("http:", "htp:") + SERVER.replace("server.1", "server.2").replace("=bitel", "=ds"), at=999
    )
    clocks.now += 2
    assert ids(source) == ["ds"]
    assert [server.id for server in source.current().disabled_servers] == ["bitel"]


def test_checking_reads_the_file_as_it_is_now(file: Path, clocks: Clocks) -> None:
    source = watch(file, clocks)
    assert source.check() == []
    file.write_text(SERVER + "bgbilling:enable=perhaps\n")
    (problem,) = source.check()
    assert (problem.code, problem.line) == ("boolean", 4)
    file.unlink()
    with pytest.raises(ConfigurationError):
        source.check()


def test_the_log_shows_no_content(file: Path, clocks: Clocks, caplog: pytest.LogCaptureFixture) -> None:
    source = watch(file, clocks)
    write(file, SERVER + "bgbilling:server.1.db.pswd=hunter2\n", at=clocks.now)
    clocks.now += 2
    with caplog.at_level(logging.DEBUG):
        source.current()
    assert "configuration changed" in caplog.text
    assert "hunter2" not in caplog.text


def test_others_go_on_with_the_old_settings_while_one_looks(
    file: Path, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = watch(file, clocks)
    before = source.current()
    write(file, SERVER.replace("=bitel", "=ds"), at=clocks.now)
    clocks.now += 2
    reading, go_on = threading.Event(), threading.Event()
    really_read = Path.read_bytes

    def slow(path: Path) -> bytes:
        reading.set()
        assert go_on.wait(10)
        return really_read(path)

    monkeypatch.setattr(Path, "read_bytes", slow)
    looker = threading.Thread(target=source.current)
    looker.start()
    assert reading.wait(10)
    assert source.current() is before
    go_on.set()
    looker.join(10)
    assert ids(source) == ["ds"]


def test_many_threads_see_whole_settings_and_the_newest_in_the_end(file: Path, clocks: Clocks) -> None:
    source = watch(file, clocks)
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            settings = source.current()
            (server,) = settings.servers
            if server.id != server.title.lower():
                wrong.append(settings)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(20):
        temporary = file.with_suffix(".new")
        name = f"Billing{number}"
        write(temporary, SERVER.replace("=bitel", f"={name.lower()}").replace("BiTel", name), at=clocks.now)
        temporary.replace(file)
        clocks.now += 3
        source.current()
    done.set()
    for reader in readers:
        reader.join(10)
    clocks.now += 3
    assert wrong == []
    assert ids(source) == ["billing19"]


def test_a_forked_process_does_not_wait_for_a_lock_of_its_parent(
    file: Path, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = watch(file, clocks)
    write(file, SERVER.replace("=bitel", "=ds"), at=clocks.now)
    clocks.now += 2
    source._guard.lock.acquire()
    assert ids(source) == ["bitel"]
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert ids(source) == ["ds"]
