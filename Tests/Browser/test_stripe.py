import hashlib
import hmac
import os

import checkouts

WEBHOOKS = "/webhooks/stripe"


def event(session, kind):
    return lambda request: request.json["type"] == kind and request.json["data"]["object"]["id"] == session


def test_pay(walker, sandbox, shop):
    checkout = checkouts.stripe(sandbox, shop)
    page = walker.enter(checkout)
    assert page.get_by_text("Licence key: Atelier 4").is_visible()
    page.get_by_label("E-mail").fill("asha@example.com")
    walker.press(f"Pay {checkout.amount}")
    walker.arrived("/return/stripe/paid")
    assert shop.wait("/return/stripe/paid", lambda r: r.query == {"session": checkout.reference})
    push = shop.wait(WEBHOOKS, event(checkout.reference, "checkout.session.completed"))
    assert push.json["data"]["object"]["payment_status"] == "paid"
    stamp, signature = (part.partition("=")[2] for part in push.headers["stripe-signature"].split(",")[:2])
    secret = os.environ["HAAT_STRIPE_WEBHOOK_SECRETS"].split(",")[0]
    assert signature == hmac.new(secret.encode(), f"{stamp}.".encode() + push.body, hashlib.sha256).hexdigest()
    walker.open(checkout.url)
    assert page.get_by_role("heading", name="This payment is complete").is_visible()


def test_fail_and_try_again(walker, sandbox, shop):
    checkout = checkouts.stripe(sandbox, shop)
    page = walker.enter(checkout)
    page.get_by_label("The card is declined").select_option("insufficient_funds")
    walker.press("Decline")
    assert "insufficient funds" in page.get_by_role("alert").inner_text()
    shop.wait(
        WEBHOOKS,
        lambda r: r.json["type"] == "payment_intent.payment_failed"
        and r.json["data"]["object"]["last_payment_error"]["decline_code"] == "insufficient_funds",
    )
    walker.press(f"Pay {checkout.amount}")
    walker.arrived("/return/stripe/paid")
    shop.wait(WEBHOOKS, event(checkout.reference, "checkout.session.completed"))


def test_bank_debit_settles_later(walker, sandbox, shop):
    checkout = checkouts.stripe(sandbox, shop)
    page = walker.enter(checkout)
    page.get_by_label("Bank debit").check()
    assert not page.get_by_label("Card number").is_visible()
    walker.press(f"Pay {checkout.amount}")
    push = shop.wait(WEBHOOKS, event(checkout.reference, "checkout.session.completed"))
    assert push.json["data"]["object"]["payment_status"] == "unpaid"


def test_cancel(walker, sandbox, shop):
    checkout = checkouts.stripe(sandbox, shop)
    walker.enter(checkout)
    walker.press("Cancel and go back")
    walker.arrived("/return/stripe/cart")
    assert sandbox.get(
        f"/stripe/v1/checkout/sessions/{checkout.reference}", **checkouts.STRIPE_HEADERS)["status"] == "open"


def test_expired(walker, sandbox, shop):
    checkout = checkouts.stripe(sandbox, shop)
    sandbox.form(
        f"/stripe/v1/checkout/sessions/{checkout.reference}/expire", {}, checkouts.STRIPE_HEADERS)
    walker.open(checkout.url)
    assert walker.page.get_by_role("heading", name="This Checkout Session has expired").is_visible()


def test_unknown_session(walker, sandbox):
    walker.expect_status(404)
    walker.open(f"{sandbox.base}/stripe/checkout/cs_none")
    assert walker.page.get_by_role("heading", name="Something went wrong").is_visible()
