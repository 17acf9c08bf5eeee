import json
import urllib.parse

import checkouts
import pytest


@pytest.mark.parametrize(
    ("button", "status"),
    [("Confirm 100.50 BDT", "success"), ("Wrong PIN", "failure"), ("Cancel and go back", "cancel")],
)
def test_answer(walker, sandbox, shop, button, status):
    checkout = checkouts.bkash(sandbox, shop)
    page = walker.enter(checkout)
    page.get_by_label("Your bKash account number").fill("01711111111")
    page.get_by_label("PIN").fill("12121")
    walker.press(button)
    walker.arrived("/return/bkash")
    back = shop.wait("/return/bkash", lambda r: r.query.get("paymentID") == checkout.reference)
    assert back.method == "GET" and back.query["status"] == status
    executed = checkouts.bkash_execute(sandbox, checkout.reference)
    if status == "success":
        assert executed["transactionStatus"] == "Completed" and executed["customerMsisdn"] == "01711111111"
        push = shop.wait("/webhooks/bkash", lambda r: executed["trxID"] in r.json["Message"])
        assert push.headers["x-amz-sns-message-type"] == "Notification"
        assert json.loads(push.json["Message"])["amount"] == "100.50"
        certificate = urllib.parse.urlsplit(push.json["SigningCertURL"]).path
        assert sandbox.get(certificate).startswith("-----BEGIN CERTIFICATE-----")
    else:
        assert executed.get("transactionStatus") != "Completed"
    walker.open(checkout.url)
    assert page.get_by_role("heading", name="This payment is over").is_visible()
