"""Private servers of databases and brokers, for tests and measurements: started on a free port, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support import free_port, wait_until


class NotInstalled(Exception):
    """The machine has no such server: ``sh tests/services.sh`` installs it."""


@contextmanager
def mariadb_server() -> Iterator[str]:
    """A MariaDB server; gives the SQLAlchemy address of its empty database ``bgbilling``. Raises ``NotInstalled``."""
    server = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin")
    installer = shutil.which("mariadb-install-db")
    if server is None or installer is None:
        raise NotInstalled("MariaDB")
    import pymysql

    folder = Path(tempfile.mkdtemp(prefix="bgb-mariadb-"))
    user = ["--user=root"] if os.getuid() == 0 else []
    subprocess.run(
        [installer, *user, f"--datadir={folder / 'data'}", "--auth-root-authentication-method=normal"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    port = free_port()
    process = subprocess.Popen(
        [
            server,
            "--no-defaults",
            *user,
            f"--datadir={folder / 'data'}",
            f"--socket={folder / 'socket'}",
            f"--pid-file={folder / 'pid'}",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-flush-log-at-trx-commit=0",
            "--character-set-server=utf8mb4",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:

        def answers() -> bool:
            try:
                pymysql.connect(host="127.0.0.1", port=port, user="root", connect_timeout=2).close()
            except pymysql.err.OperationalError:
                return False
            return True

        wait_until(answers, what="MariaDB")
        with closing(pymysql.connect(host="127.0.0.1", port=port, user="root")) as connection:
            connection.cursor().execute("CREATE DATABASE bgbilling CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        yield f"mysql+pymysql://root@127.0.0.1:{port}/bgbilling?charset=utf8mb4"
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis server that keeps nothing; gives its address. Raises ``NotInstalled``."""
    server = shutil.which("redis-server")
    if server is None:
        raise NotInstalled("Redis")
    port = free_port()
    process = subprocess.Popen(
        [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        from redis import Redis
        from redis.exceptions import ConnectionError as NotThere

        def answers() -> bool:
            try:
                return bool(Redis(port=port).ping())
            except NotThere:
                return False

        wait_until(answers, what="Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=30)
