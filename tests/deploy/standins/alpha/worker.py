"""A worker that can be asked to misbehave: to ignore SIGTERM as a hung one would, or not to start at all."""

import os
import signal
import sys
import time
from pathlib import Path


def run() -> None:
    home = Path(os.environ.get("HOME", "/"))
    if (home / "be-broken").exists():
        sys.exit("TIDU_FIELD_KEY 缺失")
    if (home / "be-stubborn").exists():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(0.1)
