"""Which unprivileged account a server runs under, and where that account can reach its files.

PostgreSQL refuses to run as root. Started by root we drop to another account, which has to be able to enter every
folder above the data and the programs. A clone below /root or another private folder cannot be entered: then both
go into a shelter that can, and a link is left at the place where the data was expected.
"""

import grp
import os
import pwd
import secrets
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LaunchError

DEFAULT_SHELTER = Path("/var/lib/tidu")
FALLBACK_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An operating system account a child drops to."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Placement:
    """Where a server's data and programs are, and under which account it runs (None: our own)."""

    account: Account | None
    data_dir: Path
    programs: Path


def am_root() -> bool:
    """Whether there is a privilege to drop."""
    return os.geteuid() == 0


def unprivileged_account() -> Account | None:
    """The account for a server that needs no files of its own; None when we are unprivileged already."""
    return next(iter(_candidates(Path("/"))), None) if am_root() else None


def place(data_dir: Path, programs: Path) -> Placement:
    """Choose the account and, where it could not reach the files, other places for them."""
    real_data_dir = data_dir.resolve()
    if not am_root():
        _refuse_foreign_data(real_data_dir)
        return Placement(None, real_data_dir, programs)
    accounts = list(_candidates(real_data_dir))
    for account in accounts:
        if can_enter(account, programs) and can_enter(account, _existing_ancestor(real_data_dir.parent)):
            return Placement(account, real_data_dir, programs)
    if not accounts:
        raise LaunchError("以 root 运行时需要一个普通账户 (postgres 或 nobody), 本机没有。请改用普通用户运行。")
    return _shelter(accounts[0], data_dir, programs)


def can_enter(account: Account, folder: Path) -> bool:
    """Whether the account may pass through `folder` and everything above it."""
    groups = {account.gid} | {entry.gr_gid for entry in grp.getgrall() if account.name in entry.gr_mem}
    return all(_has_execute(account, groups, part.stat()) for part in (folder, *folder.parents))


def _has_execute(account: Account, groups: set[int], status: os.stat_result) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid in groups:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _candidates(data_dir: Path) -> Iterator[Account]:
    """The owner of existing data and nobody else; otherwise the owner of the project's folder, then usual accounts."""
    owner = _account_of_uid(_existing_ancestor(data_dir).stat().st_uid)
    if owner:
        yield owner
        if data_dir.exists():
            return
    for name in FALLBACK_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        yield Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _account_of_uid(uid: int) -> Account | None:
    if uid == 0:
        return None
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None  # initdb insists on an account with a name
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _existing_ancestor(path: Path) -> Path:
    return next(part for part in (path, *path.parents) if part.exists())


def _refuse_foreign_data(data_dir: Path) -> None:
    if not data_dir.exists() or data_dir.stat().st_uid == os.geteuid():
        return
    owner = data_dir.stat().st_uid
    raise LaunchError(
        f"数据目录 {data_dir} 属于另一个账户 (uid {owner}), 当前账户 (uid {os.geteuid()}) 不能使用。\n"
        "请用当初的账户运行, 或用环境变量 TIDU_DATA_DIR 另选一个数据目录。"
    )


def _shelter(account: Account, data_dir: Path, programs: Path) -> Placement:
    """Put data and programs where the account can reach them; the link at `data_dir` remembers where."""
    shelter = Path(os.environ.get("TIDU_SHELTER_DIR", DEFAULT_SHELTER))
    shelter.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not can_enter(account, shelter):
        raise LaunchError(
            f"账户 {account.name} 进不了 {data_dir.parent} (某一级目录是私有的), 也进不了 {shelter}。\n"
            "请把项目放到所有账户可进入的目录, 或用环境变量 TIDU_SHELTER_DIR 指定一个这样的目录。"
        )
    if data_dir.exists() and not data_dir.is_symlink():
        raise LaunchError(
            f"账户 {account.name} 进不了已有的数据目录 {data_dir}; 请放开其上级目录的进入权限 (chmod o+x)。"
        )
    if not data_dir.is_symlink():
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        data_dir.symlink_to(shelter / f"{data_dir.name}-{secrets.token_hex(4)}")
    reachable = programs if can_enter(account, programs) else _copy_programs(programs, shelter)
    return Placement(account, data_dir.resolve(), reachable)


def _copy_programs(programs: Path, shelter: Path) -> Path:
    """Copy the installed package and the libraries beside it once; a half copy never gets the final name."""
    package = programs.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    size = sum(part.stat().st_size for part in programs.iterdir())
    copy = shelter / f"{package.name}-{size}"
    if not copy.exists():
        unfinished = shelter / f".{copy.name}-{secrets.token_hex(4)}"
        unfinished.mkdir(mode=0o755)
        for part in (package, libraries):
            shutil.copytree(part, unfinished / part.name, symlinks=True)
        unfinished.chmod(0o755)
        try:
            unfinished.rename(copy)
        except OSError:  # another launcher was quicker; its copy is as good
            shutil.rmtree(unfinished)
    return copy / programs.relative_to(package.parent)
