"""The embedded PostgreSQL: closed to strangers, careful with its pages, and able to get up again."""

import os
import signal
import stat
from pathlib import Path

import psycopg
import pytest

from deploy.local import accounts
from deploy.local.errors import LaunchError
from deploy.local.ports import free_port
from deploy.local.postgres import EmbeddedPostgres, programs_dir
from tests.deploy.processes import descendants, eventually, is_running, listens_on_loopback_only


def ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def test_a_connection_without_the_password_is_refused(shared_postgres: EmbeddedPostgres) -> None:
    for address in (
        f"host=127.0.0.1 port={shared_postgres.port}",
        f"host={shared_postgres.data_dir} port={shared_postgres.port}",
    ):
        for password in ("", "password=wrong"):
            with pytest.raises(psycopg.OperationalError, match=r"no password supplied|password authentication failed"):
                psycopg.connect(f"{address} user=postgres dbname=postgres {password}")


def test_it_listens_on_loopback_only_and_its_socket_folder_is_private(shared_postgres: EmbeddedPostgres) -> None:
    assert listens_on_loopback_only(shared_postgres.port)
    folder = Path(str(ask(shared_postgres, "SHOW unix_socket_directories")))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_pages_carry_checksums_and_the_locale_is_the_builtin_utf8(shared_postgres: EmbeddedPostgres) -> None:
    assert ask(shared_postgres, "SHOW data_checksums") == "on"
    query = "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'template0'"
    assert ask(shared_postgres, query) == "b C.UTF-8"
    assert ask(shared_postgres, "SHOW server_encoding") == "UTF8"


def test_trigrams_of_chinese_exist(shared_postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(shared_postgres.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        assert connection.execute("SELECT show_trgm('云南科技')").fetchone() != ([],)


def test_it_never_runs_as_root_and_its_data_is_its_own(shared_postgres: EmbeddedPostgres) -> None:
    owner = Path(f"/proc/{shared_postgres.pid}").stat().st_uid
    assert owner != 0
    assert shared_postgres.data_dir.stat().st_uid == owner
    assert stat.S_IMODE(shared_postgres.data_dir.stat().st_mode) == 0o700


def test_rows_do_not_reach_the_log(shared_postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(shared_postgres.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (phone text UNIQUE)")
        connection.execute("INSERT INTO people VALUES ('13800138000')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('13800138000')")
    assert "duplicate key" in shared_postgres.log.read_text()
    assert "13800138000" not in shared_postgres.log.read_text()


def test_what_was_committed_before_a_kill_is_there_after_the_next_start(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        postgres.kill()
    assert (postgres.data_dir / "postmaster.pid").exists()
    postgres.start()
    assert ask(postgres, "SELECT answer FROM kept") == 42


def test_a_lock_file_that_names_a_foreign_process_is_forgotten(postgres: EmbeddedPostgres) -> None:
    postgres.kill()
    lock = postgres.data_dir / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(postgres.pid), str(os.getpid()), 1))
    postgres.start()
    assert ask(postgres, "SELECT 1") == 1


def test_an_interrupted_initdb_is_not_taken_for_a_cluster(home: Path) -> None:
    (home / ".postgres-0a1b2c3d").mkdir()
    server = EmbeddedPostgres(home / "postgres", free_port(), "pw")
    server.start()
    try:
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_another_password_than_the_clusters_own_is_explained(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    stranger = EmbeddedPostgres(postgres.data_dir, postgres.port, "another")
    with pytest.raises(LaunchError, match="另一个密码"):
        stranger.start()
    stranger.stop()


def test_stop_leaves_no_process(postgres: EmbeddedPostgres) -> None:
    assert postgres.pid
    family = {postgres.pid} | descendants(postgres.pid)
    postgres.stop()
    assert eventually(lambda: not any(is_running(pid) for pid in family))


def test_a_killed_postmaster_leaves_no_process(postgres: EmbeddedPostgres) -> None:
    assert postgres.pid
    family = descendants(postgres.pid)
    assert family
    os.kill(postgres.pid, signal.SIGKILL)
    assert eventually(lambda: not any(is_running(pid) for pid in family))


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has no account to drop to")
@pytest.mark.parametrize("programs_are_private", [False, True])
def test_started_by_root_below_a_private_folder_all_goes_where_its_account_can_reach(
    home: Path, monkeypatch: pytest.MonkeyPatch, programs_are_private: bool
) -> None:
    shelter, private = home / "shelter", home / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setenv("TIDU_SHELTER_DIR", str(shelter))
    if programs_are_private:
        hide(programs_dir(), monkeypatch)
    for _ in range(2):
        server = EmbeddedPostgres(private / "postgres", free_port(), "pw")
        server.start()
        try:
            assert ask(server, "SELECT 1") == 1
            assert server.data_dir.parent == shelter
            assert (private / "postgres").resolve() == server.data_dir
            program = Path(f"/proc/{server.pid}/exe").readlink()
            assert program.is_relative_to(shelter) is programs_are_private
        finally:
            server.stop()
    assert len(list(shelter.iterdir())) == (2 if programs_are_private else 1)


def hide(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a folder look as if it were below a private one."""
    enter = accounts.can_enter
    monkeypatch.setattr(accounts, "can_enter", lambda account, asked: asked != folder and enter(account, asked))
