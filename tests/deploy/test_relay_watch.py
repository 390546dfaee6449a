"""A worker whose relay went silent is ended, so that it is started again."""

import psycopg
import pytest

from deploy.local.postgres import EmbeddedPostgres
from deploy.local.relay_watch import SETTLING_SECONDS, RelayWatch
from deploy.local.units import Watched


class FakeWorker:
    """A unit that only remembers whether it was killed."""

    pid = 1
    exit_code = None

    def __init__(self) -> None:
        self.killed = False

    def start(self) -> None:
        self.killed = False

    def is_alive(self) -> bool:
        return not self.killed

    def stop(self) -> None:
        self.killed = True

    kill = stop


@pytest.mark.parametrize(("beat_age", "settled", "killed"), [(40, True, True), (2, True, False), (40, False, False)])
def test_only_a_settled_worker_with_an_old_beat_is_killed(
    postgres: EmbeddedPostgres, beat_age: int, settled: bool, killed: bool
) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE relay_heartbeat (id int, backend_pid int, beat_at timestamptz)")
        connection.execute(f"INSERT INTO relay_heartbeat VALUES (1, 1, now() - interval '{beat_age} seconds')")
    worker, said = FakeWorker(), list[str]()
    watched = Watched("enterprise.worker", worker, said.append)
    RelayWatch(postgres.url, watched, said.append).tend(now=SETTLING_SECONDS * (2 if settled else 0.5))
    assert worker.killed is killed
    assert bool(said) is killed


def test_a_database_that_does_not_answer_is_not_the_workers_fault() -> None:
    worker, said = FakeWorker(), list[str]()
    watched = Watched("enterprise.worker", worker, said.append)
    RelayWatch("postgresql://nobody@127.0.0.1:1/none", watched, said.append).tend(now=SETTLING_SECONDS * 2)
    assert not worker.killed
