import checkouts
import pytest


def of(checkout):
    return lambda request: request.fields.get("mer_txnid") == checkout.reference


@pytest.mark.parametrize(
    ("button", "heading", "path", "status"),
    [
        ("Pay 10.00 BDT", "Payment successful", "paid", "Successful"),
        ("Fail", "Payment failed", "failed", "Failed"),
    ],
)
def test_outcome(walker, sandbox, shop, button, heading, path, status):
    checkout = checkouts.aamarpay(sandbox, shop)
    page = walker.enter(checkout)
    walker.press(button)
    assert page.get_by_role("heading", name=heading).is_visible()
    walker.press("Return to Haat")
    walker.arrived(f"/return/aamarpay/{path}")
    back = shop.wait(f"/return/aamarpay/{path}", of(checkout))
    assert back.method == "POST" and back.fields["pay_status"] == status
    assert shop.wait("/webhooks/aamarpay", of(checkout)).fields["pay_status"] == status
    walker.open(checkout.url)
    assert page.get_by_role("heading", name="This payment is over").is_visible()


def test_cancel(walker, sandbox, shop):
    checkout = checkouts.aamarpay(sandbox, shop)
    walker.enter(checkout)
    walker.press("Cancel and go back")
    walker.arrived("/return/aamarpay/cancelled")
    assert shop.wait("/return/aamarpay/cancelled").fields == {}
    assert shop.find("/webhooks/aamarpay", of(checkout)) == []
