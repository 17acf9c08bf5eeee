"""The API's own page, where an API runs (`HAAT_API_URL`)."""

import os

import pytest

API = os.environ.get("HAAT_API_URL")


@pytest.mark.skipif(not API, reason="HAAT_API_URL is not set")
def test_documentation(walker):
    page = walker.open(f"{API}/docs")
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_text("/api/v1/orders").first.is_visible()
    links = page.locator("nav a[href^='#']")
    assert links.count() > 5
    links.last.click()
    walker.look_around()
