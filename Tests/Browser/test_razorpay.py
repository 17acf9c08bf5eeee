import hashlib
import hmac

import checkouts

KEY_SECRET = b"haat_sandbox_key_secret"
WEBHOOK_SECRET = b"haat_sandbox_webhook_secret"


def event(order, kind):
    return lambda r: (
        r.json["event"] == kind and r.json["payload"]["payment"]["entity"]["order_id"] == order)


def test_pay(walker, sandbox, shop):
    checkout = checkouts.razorpay(sandbox, shop)
    page = walker.enter(checkout)
    assert page.get_by_label("E-mail").input_value() == "asha@example.com"
    page.get_by_label("Netbanking").check()
    walker.press(f"Pay {checkout.amount}")
    assert page.get_by_role("heading", name="Payment successful").is_visible()
    walker.press("Return to Haat")
    walker.arrived("/return/razorpay/paid")
    triple = shop.wait(
        "/return/razorpay/paid", lambda r: r.fields.get("razorpay_order_id") == checkout.reference)
    assert triple.method == "POST" and triple.query == {"cart": "7"}
    signed = f"{checkout.reference}|{triple.fields['razorpay_payment_id']}".encode()
    assert triple.fields["razorpay_signature"] == hmac.new(KEY_SECRET, signed, hashlib.sha256).hexdigest()
    push = shop.wait("/webhooks/razorpay", event(checkout.reference, "payment.captured"))
    assert push.json["payload"]["payment"]["entity"]["method"] == "netbanking"
    signature = hmac.new(WEBHOOK_SECRET, push.body, hashlib.sha256).hexdigest()
    assert push.headers["x-razorpay-signature"] == signature
    walker.submit(checkout.url, checkout.form)
    assert page.get_by_role("heading", name="This order is paid").is_visible()


def test_fail_and_try_again(walker, sandbox, shop):
    checkout = checkouts.razorpay(sandbox, shop)
    page = walker.enter(checkout)
    page.get_by_label("The payment fails").select_option("incorrect_otp")
    walker.press("Fail")
    assert page.get_by_role("alert").is_visible()
    push = shop.wait("/webhooks/razorpay", event(checkout.reference, "payment.failed"))
    assert push.json["payload"]["payment"]["entity"]["error_reason"] == "incorrect_otp"
    walker.press(f"Pay {checkout.amount}")
    shop.wait("/webhooks/razorpay", event(checkout.reference, "payment.captured"))


def test_failure_goes_back_where_the_merchant_asked_for_it(walker, sandbox, shop):
    checkout = checkouts.razorpay(sandbox, shop, redirect=True)
    page = walker.enter(checkout)
    walker.press("Fail")
    assert page.get_by_role("heading", name="Payment failed").is_visible()
    walker.press("Return to Haat")
    walker.arrived("/return/razorpay/paid")
    push = shop.wait("/webhooks/razorpay", event(checkout.reference, "payment.failed"))
    payment = push.json["payload"]["payment"]["entity"]["id"]
    assert shop.wait("/return/razorpay/paid", lambda r: payment in r.fields.get("error[metadata]", ""))


def test_cancel(walker, sandbox, shop):
    walker.enter(checkouts.razorpay(sandbox, shop))
    walker.press("Cancel and go back")
    walker.arrived("/return/razorpay/cart")


def test_unknown_key(walker, sandbox, shop):
    walker.expect_status(400)
    checkout = checkouts.razorpay(sandbox, shop)
    walker.submit(checkout.url, checkout.form | {"key_id": "rzp_test_other"})
    assert walker.page.get_by_role("heading", name="Something went wrong").is_visible()
