"""The walker itself: what it is there to notice, it notices."""

import pytest
from walker import Walker

DECENT = """<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"></head><body><main><h1>Page</h1>{}</main></body></html>"""

FAULTS = {
    "color-contrast": '<p style="color:#ccc;background:#fff">Pale</p>',
    "label": "<input>",
    "is 20": '<div style="width:2000px">Wide</div>',
    "another host": '<img alt="" src="http://127.0.0.1:9/pixel.png">',
    "console": "<script>console.error('oh')</script>",
    "script error": "<script>throw Error('oh')</script>",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noticed(browser, sandbox, fault):
    walker = Walker(browser, "desktop", [sandbox.base])
    walker.page.set_content(DECENT.format(FAULTS[fault]))
    walker.look_around()
    walker.close()
    assert any(fault in found for found in walker.faults)


def test_a_decent_page_is_left_alone(browser, sandbox):
    walker = Walker(browser, "desktop", [sandbox.base])
    walker.page.set_content(DECENT.format("<p>Fine</p>"))
    walker.look_around()
    walker.close()
    assert walker.faults == []
