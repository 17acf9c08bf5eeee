"""A browser that notices what a person may overlook: faults of accessibility, foreign hosts, console errors, overflow."""

import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

LOOKS = {
    "desktop": {"viewport": {"width": 1180, "height": 820}},
    "dark": {"viewport": {"width": 1180, "height": 820}, "color_scheme": "dark"},
    "phone without scripts": {
        "viewport": {"width": 375, "height": 667}, "has_touch": True, "java_script_enabled": False,
    },
}


#: Leaves of what repeats on a very long page the first ones: axe would take many minutes over the rest, which is made alike.
_FIRST_OF_MANY = """() => {
    if (document.querySelectorAll("*").length < 5000) return;
    const rest = "article ~ article ~ article, li ~ li ~ li ~ li, tr ~ tr ~ tr ~ tr";
    for (const element of document.querySelectorAll(rest)) element.remove();
}"""

#: Page states that axe has seen, so that none is judged twice.
_judged = set()


class Walker:
    """One window. It serves many walks, one after another: pages that keep nothing in a browser need no fresh one."""

    def __init__(self, browser, look, home):
        self.look = look
        self.faults = []
        self._hosts = {urlsplit(url).netloc for url in home}
        self._expected = []
        self._axe = Axe()
        self.context = browser.new_context(**LOOKS[look])
        self.context.set_default_timeout(60_000)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("request", self._request)

    def begin(self):
        self.page.goto("about:blank")
        self.faults.clear()
        self._expected.clear()

    def _console(self, message):
        if message.type in ("error", "warning") and not any(known in message.text for known in self._expected):
            self.faults.append(f"console {message.type} at {self.page.url}: {message.text}")

    def _request(self, request):
        host = urlsplit(request.url)
        if host.scheme not in ("data", "about") and host.netloc not in self._hosts:
            self.faults.append(f"{self.page.url} asks another host: {request.url}")

    def expect_status(self, status):
        """A browser reports a page with an error status on its console."""
        self._expected.append(f"status of {status}")

    def open(self, url):
        self.page.goto(url)
        return self.look_around()

    def submit(self, url, fields):
        """Posts a form the way a merchant's page does."""
        inputs = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in fields.items())
        icon = '<link rel="icon" href="data:,">'
        self.page.set_content(f'{icon}<form method="post" action="{url}">{inputs}<button>Checkout</button></form>')
        self.page.get_by_role("button", name="Checkout").click()
        return self.look_around()

    def enter(self, checkout):
        """Opens a checkout, and sees whether it tells what is owed and that it is a test."""
        self.submit(checkout.url, checkout.form) if checkout.form else self.open(checkout.url)
        assert checkout.amount in self.page.get_by_role("heading", level=1).inner_text()
        assert self.page.get_by_text("Test mode").is_visible()
        return self.page

    def press(self, name, exact=True):
        """Presses a button and looks around where it leads."""
        self.page.get_by_role("button", name=name, exact=exact).click()
        return self.look_around()

    def look_around(self):
        """What holds for every state of every page."""
        self.page.wait_for_load_state()
        url = self.page.url
        width, room = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if width > room:
            self.faults.append(f"{url} is {width} px wide in {room} px")
        if "/return/" not in url and LOOKS[self.look].get("java_script_enabled", True):
            self._judge()
        return self.page

    def _judge(self):
        """Lets axe look at the page, unless it has seen the same with other numbers and references in it."""
        state = (self.look, re.sub(r"[\w-]*\d[\w-]*", "", self.page.content()))
        if state in _judged:
            return
        _judged.add(state)
        self.page.evaluate(_FIRST_OF_MANY)
        # By night only the colours are others.
        options = {"runOnly": ["color-contrast"]} if self.look == "dark" else {}
        for violation in self._axe.run(self.page, options=options).response["violations"]:
            where = [node["target"] for node in violation["nodes"]][:3]
            self.faults.append(f"axe at {self.page.url}: {violation['impact']} {violation['id']}: {where}")

    def arrived(self, path):
        """Where the browser is: waits for this path at the shop."""
        self.page.wait_for_url(lambda url: urlsplit(url).path == path)
        assert self.page.get_by_role("heading", name="Back at the shop").is_visible()

    def close(self):
        self.context.close()


@contextmanager
def walking(walker):
    """One walk: begins on an empty page, and ends well only if nothing was amiss."""
    walker.begin()
    yield walker
    assert walker.context.cookies() == []
    assert not walker.faults, "\n".join(walker.faults)
