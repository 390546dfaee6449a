"""The embedded broker: on loopback only, somebody new at every start."""

from pathlib import Path

from deploy.local.broker import EmbeddedBroker, speaks_kafka
from tests.deploy.processes import listens_on_loopback_only


def test_it_speaks_the_kafka_protocol_on_loopback_only(broker: EmbeddedBroker) -> None:
    assert speaks_kafka(broker.port)
    assert listens_on_loopback_only(broker.port)


def test_each_start_has_a_new_cluster_id(broker: EmbeddedBroker) -> None:
    first = broker.cluster_id
    broker.kill()
    assert not broker.is_alive()
    broker.start()
    assert broker.cluster_id != first
    assert speaks_kafka(broker.port)


def test_it_never_runs_as_root(broker: EmbeddedBroker) -> None:
    assert Path(f"/proc/{broker.pid}").stat().st_uid != 0


def test_the_program_is_unpacked_beside_its_own_data(broker: EmbeddedBroker) -> None:
    assert (broker.home / "tansu").is_file()
    assert Path(f"/proc/{broker.pid}/cmdline").read_bytes().startswith(bytes(broker.home))


def test_a_port_with_another_server_behind_it_is_not_taken_for_a_broker() -> None:
    assert not speaks_kafka(1)
