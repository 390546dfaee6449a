"""`python -m deploy.local run | up | down | status | cli <service> … | kafka`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from deploy.local import report
from deploy.local.config import ROOT, StackConfig, prepare_data_dir, read_config
from deploy.local.credentials import load_or_create
from deploy.local.environments import owner_environment_for
from deploy.local.errors import LaunchError
from deploy.local.exec_child import die_with_parent
from deploy.local.state import read_state, running_supervisor

UP_SECONDS = 180.0
DOWN_SECONDS = 60.0


def run(config: StackConfig, _arguments: list[str]) -> int:
    """Run the stack in this terminal until Ctrl-C."""
    from deploy.local.supervisor import Supervisor

    if "MAKELEVEL" in os.environ:  # make killed outright must not leave the stack behind
        die_with_parent(os.getppid(), signal.SIGTERM)
    Supervisor(config).run()
    return 0


def up(config: StackConfig, _arguments: list[str]) -> int:
    """Run the stack in the background; return once it is ready."""
    if running_supervisor(config.data_dir):
        print(report.ready_text(config))
        return 0
    log = config.log("supervisor")
    prepare_data_dir(config)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "run"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    print(f"正在后台启动, 过程见 {log} …", flush=True)
    return wait_until_up(config, process)


def wait_until_up(config: StackConfig, process: "subprocess.Popen[bytes]") -> int:
    """Follow the background start to its end; an interrupted wait ends it again."""
    deadline = time.monotonic() + UP_SECONDS
    try:
        while process.poll() is None and time.monotonic() < deadline:
            state = read_state(config.data_dir)
            if state and state.pid == process.pid and state.phase == "ready":
                print(report.ready_text(config))
                return 0
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    process.terminate()
    process.wait()
    raise LaunchError(report.failed_text("启动", config.log("supervisor")))


def down(config: StackConfig, _arguments: list[str]) -> int:
    """Stop the running stack, whichever terminal it was started from."""
    pid = running_supervisor(config.data_dir)
    if pid is None:
        print("Tidu 没有在运行。")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_SECONDS
    while running_supervisor(config.data_dir) == pid:
        if time.monotonic() > deadline:
            raise LaunchError(f"守护进程 {pid} 在 {DOWN_SECONDS:.0f} 秒内没有结束。")
        time.sleep(0.1)
    print("已停止。")
    return 0


def status(config: StackConfig, _arguments: list[str]) -> int:
    """Show the processes of the running stack."""
    state = read_state(config.data_dir)
    if running_supervisor(config.data_dir) is None or state is None:
        print("Tidu 没有在运行。")
        return 1
    print(report.status_text(config, state))
    return 0


def cli(config: StackConfig, arguments: list[str]) -> int:
    """Run a service's own command line with the settings of this stack."""
    services = {service.name: service for service in config.services}
    if not arguments or arguments[0] not in services:
        raise LaunchError(f"用法: python -m deploy.local cli <{' | '.join(services)}> <命令…>")
    service = services[arguments[0]]
    credentials = load_or_create(config.data_dir, services, config.databases)
    environment = owner_environment_for(service, config, credentials)
    command = [sys.executable, "-m", f"{config.package}.{service.name}.cli", *arguments[1:]]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def kafka(config: StackConfig, _arguments: list[str]) -> int:
    """Fetch and run Apache Kafka in this terminal until Ctrl-C."""
    from deploy.local.kafka import run_in_terminal

    return run_in_terminal(config)


COMMANDS: dict[str, Callable[[StackConfig, list[str]], int]] = {
    "run": run,
    "up": up,
    "down": down,
    "status": status,
    "cli": cli,
    "kafka": kafka,
}


def main(arguments: list[str]) -> int:
    """Choose the command; what cannot be done is one sentence, not a traceback."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        print(f"用法: python -m deploy.local {' | '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return command(read_config(), arguments[1:])
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
