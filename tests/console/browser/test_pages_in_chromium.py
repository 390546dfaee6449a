"""The console's pages in a real browser: by keyboard, in both colour schemes, narrow, without the Internet."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from services.console.main import build_app, make_edge, make_issuer, make_pages
from services.console.settings import Settings
from shared.web.app import create_app
from shared.web.edge import Edge

CHROMIUM = os.environ.get("TIDU_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SCREENSHOTS = Path(__file__).resolve().parents[3] / "build" / "screenshots"
LOOPBACK = "127.0.0.1"
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(CHROMIUM is None, reason="没有 Chromium（TIDU_CHROMIUM 可指定它的位置）"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


async def serve(server: uvicorn.Server) -> asyncio.Task[None]:
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    return task


def server_of(app: object, port: int) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(app, host=LOOPBACK, port=port, log_config=None, lifespan="off"))  # type: ignore[arg-type]


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a running console; one of its four services answers, three do not."""
    port, service_port, silent_port = free_port(), free_port(), free_port()
    address = f"http://{LOOPBACK}:{port}"
    peers = dict.fromkeys(("pipeline", "awards", "notifications"), f"http://{LOOPBACK}:{silent_port}")
    peers["enterprise"] = f"http://{LOOPBACK}:{service_port}"
    settings = Settings(issuer_key_file=tmp_path / "issuer.pem", oidc_issuer=address, peer_urls=peers)
    issuer = make_issuer(settings)
    edge = make_edge(settings, issuer)
    app = build_app(edge, issuer, make_pages(settings, issuer), assets_dir=settings.assets_dir)
    service = create_app(title="x", edge=Edge(None, edge.verifier, edge.clock), routers=[], ready=_tell)
    servers = [server_of(app, port), server_of(service, service_port)]
    tasks = [await serve(server) for server in servers]
    yield address
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


async def _tell() -> dict[str, str]:
    return {"schema": "0001_create", "outbox_waiting": "0", "inbox_lag": "0", "parked": "0"}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def open_door(context: BrowserContext, console: str) -> tuple[Page, list[str]]:
    """Return the sign-in page, and a list that fills with every request that leaves the machine's console."""
    page = await context.new_page()
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(console) else None)
    page.on("console", lambda message: foreign.append(message.text) if message.type == "error" else None)
    await page.goto(console)
    return page, foreign


async def serious_problems(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")]


async def is_wider_than_the_screen(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_caseworker_signs_in_by_keyboard_and_sees_the_services(
    console: str, browser: Browser, scheme: str
) -> None:
    context = await browser.new_context(color_scheme=scheme, viewport={"width": 1366, "height": 768})  # type: ignore[arg-type]
    page, foreign = await open_door(context, console)
    assert await serious_problems(page) == []
    await page.screenshot(path=SCREENSHOTS / f"sign-in-{scheme}.png", full_page=True)
    await page.keyboard.type("caseworker-530900")
    await page.keyboard.press("Tab")
    await page.keyboard.type("demo")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/status")
    assert await page.get_by_text("3 个服务有问题").is_visible()
    assert await page.get_by_role("row", name="企业 enterprise").get_by_text("正常").is_visible()
    assert await serious_problems(page) == []
    await page.screenshot(path=SCREENSHOTS / f"status-{scheme}.png", full_page=True)
    assert foreign == []
    await context.close()


async def test_one_press_signs_in_as_a_demo_user_and_out_again(console: str, browser: Browser) -> None:
    context = await browser.new_context()
    page, foreign = await open_door(context, console)
    await page.get_by_role("button", name="committee-620723").click()
    await page.wait_for_url("**/status")
    assert await page.get_by_text("620723-park-1").is_visible()
    await page.get_by_role("button", name="退出").click()
    await page.wait_for_url("**/sign-in")
    await page.go_back()
    assert await page.get_by_role("heading", name="登录").is_visible()
    assert foreign == []
    await context.close()


async def test_the_pages_fit_a_telephone_and_work_without_scripts(console: str, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page, foreign = await open_door(context, console)
    await page.screenshot(path=SCREENSHOTS / "sign-in-narrow.png", full_page=True)
    await page.get_by_role("button", name="enterprise-530900").click()
    await page.wait_for_url("**/status")
    await page.screenshot(path=SCREENSHOTS / "status-narrow.png", full_page=True)
    assert foreign == []
    await context.close()


async def test_no_page_is_wider_than_a_telephone(console: str, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    page, _ = await open_door(context, console)
    assert not await is_wider_than_the_screen(page)
    await page.get_by_role("button", name="auditor").click()
    await page.wait_for_url("**/status")
    assert not await is_wider_than_the_screen(page)
    await context.close()


async def test_the_table_of_services_is_renewed_while_one_watches(console: str, browser: Browser) -> None:
    context = await browser.new_context()
    page, foreign = await open_door(context, console)
    if await page.locator("script[src*=htmx]").count() == 0:
        pytest.skip("htmx 未安装（make run 会装好）")
    await page.get_by_role("button", name="admin").click()
    await page.wait_for_url("**/status")
    async with page.expect_response("**/status/services") as renewed:
        pass
    assert (await renewed.value).status == 200
    assert await page.get_by_text("3 个服务有问题").is_visible()
    assert foreign == []
    await context.close()
