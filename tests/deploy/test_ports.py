"""Taken ports are seen, and by whom."""

import os
import socket
import sys

from deploy.local.ports import LOOPBACK, free_port, holder_of, is_taken


def test_a_free_port_is_not_taken_and_has_no_holder() -> None:
    port = free_port()
    assert not is_taken(port)
    assert holder_of(port) is None


def test_the_holder_of_a_taken_port_is_named() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        assert is_taken(port)
        holder = holder_of(port)
        assert holder
        assert holder.pid == os.getpid()
        assert os.path.basename(sys.executable)[:6] in holder.command


def test_a_port_taken_on_every_address_is_taken() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert is_taken(server.getsockname()[1])
