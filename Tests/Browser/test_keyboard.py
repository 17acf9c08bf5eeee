"""A payment without a mouse: the focus is always to be seen, and the way is short."""

import checkouts

OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"
CHOICE_OUTLINE = "getComputedStyle(document.activeElement.closest('.choice') || document.activeElement).outlineStyle"


def tab_to(page, locator, most=20):
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(CHOICE_OUTLINE) == "solid", "the focus can't be seen"
        if locator.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{most} presses of Tab did not lead to {locator}")


def test_pay(desktop, sandbox, shop):
    checkout = checkouts.razorpay(sandbox, shop)
    page = desktop.enter(checkout)
    tab_to(page, page.get_by_label("E-mail"), most=2)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("keys@example.com")
    tab_to(page, page.get_by_label("UPI"))
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("Card").is_checked()
    tab_to(page, page.get_by_role("button", name=f"Pay {checkout.amount}"), most=1)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Payment successful").wait_for()
    back = page.get_by_role("button", name="Return to Haat")
    assert back.evaluate("element => element === document.activeElement")
    page.keyboard.press("Enter")
    desktop.arrived("/return/razorpay/paid")
    push = shop.wait(
        "/webhooks/razorpay",
        lambda r: r.json["event"] == "payment.captured"
        and r.json["payload"]["payment"]["entity"]["order_id"] == checkout.reference,
    )
    entity = push.json["payload"]["payment"]["entity"]
    assert entity["method"] == "card" and entity["email"] == "keys@example.com"


def test_skip_to_the_content(desktop, sandbox):
    page = desktop.open(sandbox.base + "/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    assert skip.evaluate("element => element === document.activeElement")
    page.keyboard.press("Enter")
    assert page.locator("main").evaluate("element => element === document.activeElement")
