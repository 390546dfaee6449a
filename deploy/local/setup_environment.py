"""Make .venv and install hash-pinned requirements into it, with progress, and only when they changed.

Run by the system's Python before anything is installed, so it uses the standard library only:
`python3.11 -I deploy/local/setup_environment.py local|dev|assets …`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENDOR = ROOT / "build" / "vendor"
VENV_PYTHON = VENV / "bin" / "python"


def main(names: list[str]) -> int:
    """Bring the environment to what the named requirement files say."""
    with only_one_at_a_time():
        if not venv_works():
            make_venv()
        return next((code for code in map(install_if_changed, names) if code), 0)


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Two `make` in one clone must not install into the same environment at once."""
    folder = os.open(ROOT / "requirements", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def venv_works() -> bool:
    """Whether the environment runs: a moved clone or a removed Python leaves one that does not."""
    if not VENV_PYTHON.exists():
        return False
    check = [str(VENV_PYTHON), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(check, capture_output=True).returncode == 0


def make_venv() -> None:
    """A fresh environment of the Python that runs this."""
    print(f"建立虚拟环境 {VENV} (Python {sys.version.split()[0]}) …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def install_if_changed(name: str) -> int:
    """Install one requirements file unless its content was installed already; returns pip's exit code."""
    requirements = ROOT / "requirements" / f"{name}.txt"
    stamp = (VENDOR if name == "assets" else VENV) / f".installed-{name}"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    code = install(requirements, target=VENDOR if name == "assets" else None)
    if code == 0:
        stamp.write_text(wanted)
    return code


def install(requirements: Path, target: Path | None) -> int:
    """Run pip, every file checked against its hash, one line of progress instead of its chatter."""
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--no-deps", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--no-color", "-r", str(requirements)]
    if target:
        shutil.rmtree(target, ignore_errors=True)
        command += ["--target", str(target)]
    total = sum(line[:1].isalnum() for line in requirements.read_text("utf-8").splitlines())
    print(f"安装 requirements/{requirements.name}: {total} 个软件包, 逐个核对哈希。首次需要几分钟。", flush=True)
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        chatter = list(follow(process, total))
    if process.returncode != 0:
        print("\n".join(["安装失败, pip 的最后输出:", *chatter[-25:]]), file=sys.stderr)
    else:
        print("  完成", flush=True)
    return process.returncode


def follow(process: "subprocess.Popen[str]", total: int) -> Iterator[str]:
    """Turn pip's lines into progress and pass them on for an error message."""
    seen = 0
    assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
    for line in process.stdout:
        yield line.rstrip()
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            seen += 1
            show(f"  [{seen}/{total}] {line.split(': ')[-1].removeprefix('Collecting ').split(' ')[0].strip()}")
        elif line.startswith("Installing collected packages"):
            show(f"  正在安装 {total} 个软件包 …", end="\n")


def show(text: str, end: str = "") -> None:
    """One moving line on a terminal, one line in twenty elsewhere (a log should not fill up)."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end=end, flush=True)
    elif end or text.split("/")[0].endswith("0"):
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
