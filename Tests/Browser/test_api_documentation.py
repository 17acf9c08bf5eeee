"""The API's own pages, where an API runs (`HAAT_API_URL`)."""

import os

import pytest

API = os.environ.get("HAAT_API_URL")
pytestmark = pytest.mark.skipif(not API, reason="HAAT_API_URL is not set")


def test_documentation(walker):
    page = walker.open(f"{API}/docs")
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_text("/api/v1/orders").first.is_visible()
    links = page.locator("nav a[href^='#']")
    assert links.count() > 5
    links.last.click()
    walker.look_around()


def test_its_style_sheet_is_there(desktop):
    page = desktop.open(f"{API}/docs")
    assert page.evaluate("[...document.styleSheets].map(sheet => sheet.cssRules.length)")[0] > 50


def test_unknown_page(walker):
    walker.expect_status(404)
    page = walker.open(f"{API}/nowhere")
    assert page.get_by_role("heading", name="Not found").is_visible()
    page.get_by_role("link", name="Documentation").click()
    assert walker.look_around().url.endswith("/docs")
