"""Signing in and out by the API's own pages, where an API runs (`HAAT_API_URL`)."""

import os
import uuid

import pytest

API = os.environ.get("HAAT_API_URL")
pytestmark = pytest.mark.skipif(not API, reason="HAAT_API_URL is not set")


def test_a_code_is_asked_for_and_a_wrong_one_refused(walker):
    page = walker.open(f"{API}/sign_in")
    page.get_by_label("E-mail address").fill(f"asha-{uuid.uuid4().hex[:8]}@example.com")
    walker.press("Send a code")
    assert page.get_by_role("heading", name="Enter the code").is_visible()
    page.get_by_label("Code").fill("000000")
    walker.expect_status(422)
    walker.press("Sign in")
    assert page.get_by_text("Code is not the right code").is_visible()


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/sign_in_with_password", "Sign in with a password"),
        ("/reset_password", "Set another password"),
        ("/account", "Account"),
        ("/invitations/hi_nobody", "Invitation"),
    ],
)
def test_pages_that_anybody_opens(walker, path, heading):
    page = walker.open(f"{API}{path}")
    assert page.get_by_role("heading", name=heading, level=1).is_visible()
