"""A sandbox that runs already (`HAAT_SANDBOX_URL`), a shop at the port its pushes go to, and Debian's Chromium."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright
from sandbox import Sandbox
from shop import Shop
from walker import LOOKS, Walker, walking


def setting(name):
    value = os.environ.get(name)
    if not value:
        pytest.exit(f"{name} is not set; deploy/local/browser.sh sets it", 78)
    return value


@pytest.fixture(scope="session")
def browser():
    program = os.environ.get("HAAT_CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.exit("there is no chromium here: apt-get install chromium", 78)
    # Chromium refuses to sandbox itself when root starts it; /dev/shm is small in containers.
    arguments = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sandbox():
    sandbox = Sandbox(setting("HAAT_SANDBOX_URL"))
    # Merchants get two tokens an hour from bKash; walks want more.
    sandbox.control("bkash/settings", token_limit=0)
    return sandbox


@pytest.fixture(scope="session")
def shop():
    shop = Shop(int(setting("HAAT_SHOP_PORT")))
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def windows(browser, sandbox, shop):
    home = [sandbox.base, shop.base, os.environ.get("HAAT_API_URL", "")]
    windows = {look: Walker(browser, look, home) for look in LOOKS}
    yield windows
    for window in windows.values():
        window.close()


@pytest.fixture(params=LOOKS)
def walker(request, windows):
    """Each walk is taken by day, by night, and on a phone without scripts."""
    with walking(windows[request.param]) as walker:
        yield walker


@pytest.fixture
def desktop(windows):
    with walking(windows["desktop"]) as walker:
        yield walker
