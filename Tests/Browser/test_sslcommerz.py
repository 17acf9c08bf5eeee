import hashlib

import checkouts
import pytest

PUSHES = "/webhooks/sslcommerz"


def of(checkout):
    return lambda request: request.fields.get("tran_id") == checkout.reference


def is_signed(fields):
    """The provider's rule: the named fields and the password's MD5, sorted, joined, hashed."""
    signed = {key: fields[key] for key in fields["verify_key"].split(",")}
    signed["store_passwd"] = hashlib.md5(b"haatsandbox@ssl").hexdigest()
    text = "&".join(f"{key}={signed[key]}" for key in sorted(signed))
    return hashlib.md5(text.encode()).hexdigest() == fields["verify_sign"]


def walk(walker, shop, checkout, button, heading, path):
    """Ends the payment with a button and gives what the browser posts to the shop."""
    page = walker.enter(checkout)
    page.get_by_label("Internet banking").check()
    walker.press(button)
    assert page.get_by_role("heading", name=heading).is_visible()
    walker.press("Return to Haat")
    walker.arrived(f"/return/sslcommerz/{path}")
    back = shop.wait(f"/return/sslcommerz/{path}", of(checkout))
    assert back.method == "POST" and is_signed(back.fields)
    return back.fields


@pytest.mark.parametrize(("button", "risk"), [("Pay 1150.00 BDT", "0"), ("Pay, and be held as risky", "1")])
def test_pay(walker, sandbox, shop, button, risk):
    checkout = checkouts.sslcommerz(sandbox, shop)
    back = walk(walker, shop, checkout, button, "Payment successful", "paid")
    assert back["status"] == "VALID"
    push = shop.wait(PUSHES, of(checkout)).fields
    assert is_signed(push) and push["status"] == "VALID" and push["risk_level"] == risk
    walker.open(checkout.url)
    assert walker.page.get_by_role("heading", name="This payment is closed").is_visible()


@pytest.mark.parametrize(
    ("button", "heading", "path", "status"),
    [
        ("Fail", "Payment failed", "failed", "FAILED"),
        ("Cancel and go back", "Payment cancelled", "cancelled", "CANCELLED"),
    ],
)
def test_unpaid_sessions_can_be_paid_later(walker, sandbox, shop, button, heading, path, status):
    checkout = checkouts.sslcommerz(sandbox, shop)
    assert walk(walker, shop, checkout, button, heading, path)["status"] == status
    push = shop.wait(PUSHES, of(checkout)).fields
    assert is_signed(push) and push["status"] == status
    walker.enter(checkout)
    walker.press(f"Pay {checkout.amount}")
    shop.wait(PUSHES, lambda r: of(checkout)(r) and r.fields["status"] == "VALID")


def test_the_bank_takes_its_time(desktop, sandbox, shop):
    checkout = checkouts.sslcommerz(sandbox, shop)
    button, heading = "Pay, and let the bank take its time", "The bank is still working on this payment"
    assert walk(desktop, shop, checkout, button, heading, "paid")["status"] == "PENDING"
    assert shop.find(PUSHES, of(checkout)) == []
    sandbox.control("sslcommerz/settle", tran_id=checkout.reference)
    assert shop.wait(PUSHES, of(checkout)).fields["status"] == "VALID"
