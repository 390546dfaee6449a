"""Whether a worker lives: its relay's last sign of life in the service's own database is not old."""

import os
import sys

import psycopg

SILENT_SECONDS = 30

_IS_ALIVE = "SELECT max(beat_at) > clock_timestamp() - make_interval(secs => %s) FROM relay_heartbeat"


def main() -> int:
    """Answer as Docker wants it: 0 healthy, 1 not."""
    with psycopg.connect(os.environ["TIDU_WORKER_DATABASE_URL"], connect_timeout=3) as connection:
        row = connection.execute(_IS_ALIVE, (SILENT_SECONDS,)).fetchone()
    return 0 if row and row[0] else 1


if __name__ == "__main__":
    sys.exit(main())
