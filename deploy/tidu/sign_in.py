"""Who works here: login, logout, whoami."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from deploy.tidu.calling import sign_in
from deploy.tidu.desk import Desk, desk_of
from deploy.tidu.sessions import Session, expiry_after
from deploy.tidu.words import place
from services.console.domain.labels import ROLE_NAMES
from shared.kernel.clock import SHANGHAI
from shared.kernel.regions import covers
from shared.kernel.roles import Role


def login(
    context: typer.Context,
    user: Annotated[str | None, typer.Option("--user", "-u", metavar="用户名", help="不给就询问")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读取密码，供脚本使用")] = False,
) -> None:
    """登录；令牌只存在本人可读的文件里。"""
    desk = desk_of(context)
    if desk.addresses.is_in_clear("console"):
        desk.terminal.note(f"注意：{desk.addresses.of('console')} 不是 https，密码会以明文经过网络。")
    name = user or typer.prompt("用户名")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else typer.prompt("密码", hide_input=True)
    answer = sign_in(desk.gateway(), name, password)
    ends = expiry_after(desk.around.clock.now(), answer["expires_in"])
    desk.sessions.save(Session(name, answer["name"], ends, desk.addresses.chosen, answer["access_token"]))
    desk.terminal.good(f"{answer['name']}（{_roles(answer['roles'])}）已登录，至 {_until(desk)}")


def logout(context: typer.Context) -> None:
    """退出登录，删除本机保存的令牌。"""
    desk = desk_of(context)
    desk.terminal.good("已退出登录") if desk.sessions.forget() else desk.terminal.say("本来就没有登录")


def whoami(context: typer.Context) -> None:
    """当前登录者、角色与管辖范围。"""
    desk = desk_of(context)
    me = desk.caller().get("console", "/auth/me")
    rows = [("姓名", me["name"]), ("角色", _roles(me["roles"])), ("管辖", _scope(me))]
    if me["park_code"]:
        rows.append(("园区", me["park_code"]))
    if me["usccs"]:
        rows.append(("企业", "、".join(me["usccs"])))
    rows.append(("登录至", _until(desk)))
    rows += [("服务", f"{part} {desk.addresses.of(part)}") for part in desk.addresses.local]
    desk.terminal.table(("项目", "内容"), rows)


def _roles(roles: list[str]) -> str:
    known = {role.value: name for role, name in ROLE_NAMES.items() if isinstance(role, Role)}
    return "、".join(known.get(role, role) for role in roles)


def _scope(me: dict[str, object]) -> str:
    if me["sees_everything"]:
        return "全部"
    codes = [str(code) for code in me["regions"]]  # type: ignore[attr-defined]
    tops = [code for code in codes if not any(other != code and covers(other, code) for other in codes)]
    return "、".join(place(code) for code in tops) or "无"


def _until(desk: Desk) -> str:
    session = desk.sessions.find()
    return session.expiry().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if session else "—"
