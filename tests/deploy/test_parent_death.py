"""A launcher that is killed outright takes its servers with it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.config import ROOT
from tests.deploy.processes import descendants, eventually, is_running

LAUNCHER = """
import json, sys, time
from pathlib import Path
from deploy.local.broker import EmbeddedBroker
from deploy.local.ports import free_port
from deploy.local.postgres import EmbeddedPostgres
home = Path(sys.argv[1])
servers = [EmbeddedPostgres(home / "postgres", free_port(), "pw"), EmbeddedBroker(home / "broker", free_port())]
for server in servers:
    server.start()
print(json.dumps([server.pid for server in servers]), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_servers_end_when_their_launcher_is_gone(home: Path, how: signal.Signals) -> None:
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(home)], cwd=ROOT, stdout=subprocess.PIPE)
    assert launcher.stdout
    servers: list[int] = json.loads(launcher.stdout.readline())
    family = set(servers) | {below for pid in servers for below in descendants(pid)}
    assert all(is_running(pid) for pid in servers)
    os.kill(launcher.pid, how)
    launcher.wait()
    assert eventually(lambda: not any(is_running(pid) for pid in family))
    launcher.stdout.close()
