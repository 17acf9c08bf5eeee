import checkouts
import pytest

PROVIDERS = [
    "Stripe", "Razorpay", "SSLCommerz", "bKash", "aamarPay", "PayStation", "Steadfast Courier", "Shiprocket",
    "Mail (SMTP)", "Telegram", "Discord",
]


def card(page, provider):
    return page.get_by_role("region", name=provider, exact=True)


def test_money_in_flight(walker, sandbox, shop):
    sandbox.control("stripe/reset")
    checkouts.stripe(sandbox, shop)
    page = walker.open(sandbox.base + "/")
    stripe = card(page, "Stripe")
    assert stripe.get_by_text("74.00 USD").is_visible()
    assert [card(page, provider).count() for provider in PROVIDERS] == [1] * len(PROVIDERS)


def test_a_switch_acts_and_can_be_taken_back(walker, sandbox, shop):
    sandbox.control("paystation/reset")
    page = walker.open(sandbox.base + "/")
    card(page, "PayStation").get_by_text("Disturb", exact=False).first.click()
    walker.press("Twice and shuffled at PayStation")
    assert "Done: faults." in page.get_by_role("status").first.inner_text()
    assert page.get_by_role("button", name="Twice and shuffled").get_attribute("aria-pressed") == "true"
    walker.open(sandbox.base + "/")
    assert card(page, "PayStation").get_by_text("Disturbances are on.").is_visible()

    checkout = checkouts.paystation(sandbox, shop)
    walker.enter(checkout)
    walker.press(f"Pay {checkout.amount}")
    walker.arrived("/return/paystation")
    shop.wait_for_count(2, "/webhooks/paystation", lambda r: r.json["invoice_number"] == checkout.reference)

    walker.open(sandbox.base + "/_control/paystation")
    walker.press("Calm at PayStation")
    walker.open(sandbox.base + "/")
    assert card(page, "PayStation").get_by_text("Calm", exact=True).first.is_visible()


@pytest.mark.parametrize(
    "name", ["stripe", "razorpay", "sslcommerz", "bkash", "aamarpay", "paystation", "steadfast", "shiprocket", "smtp",
             "telegram", "discord", "sms"])
def test_control_page(walker, sandbox, name):
    page = walker.open(f"{sandbox.base}/_control/{name}")
    assert page.get_by_role("heading", name="Disturbances").is_visible()


def test_a_wrong_command_is_refused_on_the_page(walker, sandbox):
    walker.expect_status(400)
    page = walker.open(f"{sandbox.base}/_control/telegram")
    page.get_by_label("Too many requests").fill("7")
    walker.press("Set disturbances")
    assert "rate_limit" in page.get_by_role("alert").inner_text()
