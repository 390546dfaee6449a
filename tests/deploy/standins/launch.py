"""Run the supervisor over the stand-ins: `python -m tests.deploy.standins.launch`."""

import json
import os
import sys
from pathlib import Path

from deploy.local.config import StackConfig
from deploy.local.errors import LaunchError
from deploy.local.roster import Service
from deploy.local.supervisor import Supervisor

SERVICES = (
    Service("alpha", "甲", 0, worker=True, database=False),
    Service("console", "乙", 0, worker=False, database=False),
)


def main() -> int:
    config = StackConfig(
        data_dir=Path(os.environ["STANDIN_DATA_DIR"]),
        ports=json.loads(os.environ["STANDIN_PORTS"]),
        services=SERVICES,
        package="tests.deploy.standins",
        preload=("http.server",),
    )
    try:
        Supervisor(config).run()
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
