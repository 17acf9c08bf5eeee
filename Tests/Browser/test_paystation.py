import checkouts
import pytest


@pytest.mark.parametrize(
    ("button", "status"),
    [("Pay 120.00 BDT", "Successful"), ("Fail", "Failed"), ("Cancel and go back", "Canceled")],
)
def test_answer(walker, sandbox, shop, button, status):
    checkout = checkouts.paystation(sandbox, shop)
    page = walker.enter(checkout)
    walker.press(button)
    walker.arrived("/return/paystation")
    back = shop.wait("/return/paystation", lambda r: r.query.get("invoice_number") == checkout.reference)
    assert back.method == "GET" and back.query["status"] == status
    if status == "Successful":
        push = shop.wait("/webhooks/paystation", lambda r: r.json["invoice_number"] == checkout.reference)
        assert push.json["trx_id"] == back.query["trx_id"]
    walker.open(checkout.url)
    assert page.get_by_role("heading", name="This payment is over").is_visible()
