"""`sslcommerz-lib` has its three addresses built in; they are replaced on the object."""

import pytest
from sslcommerz_lib import SSLCOMMERZ


@pytest.fixture(scope="module")
def client(sandbox):
    client = SSLCOMMERZ({"store_id": "haatsandbox", "store_pass": "haatsandbox@ssl", "issandbox": True})
    for name in ("createSessionUrl", "validation_url", "transaction_url"):
        address = getattr(client, name)
        setattr(client, name, address.replace("https://sandbox.sslcommerz.com", sandbox.base + "/sslcommerz"))
    return client


def session(client, shop, reference):
    return client.createSession(
        {
            "total_amount": 100.26, "currency": "BDT", "tran_id": reference, "success_url": f"{shop.base}/ok",
            "fail_url": f"{shop.base}/fail", "cancel_url": f"{shop.base}/cancel",
            "ipn_url": f"{shop.base}/webhooks/sslcommerz", "emi_option": 0, "cus_name": "Rahim",
            "cus_email": "r@example.com", "cus_phone": "01711111111", "cus_add1": "Road 1", "cus_city": "Dhaka",
            "cus_postcode": "1000", "cus_country": "Bangladesh", "shipping_method": "NO", "num_of_item": 1, "product_name": "Tea",
            "product_category": "Food", "product_profile": "general",
        })


def test_from_session_to_refund(client, sandbox, shop, reference):
    opened = session(client, shop, reference)
    assert opened["status"] == "SUCCESS"
    sandbox.control("sslcommerz/payments", sessionkey=opened["sessionkey"], outcome="success", method="visa")
    push = shop.wait("/webhooks/sslcommerz", lambda r: r.fields["tran_id"] == reference).fields
    assert client.hash_validate_ipn(push)
    assert not client.hash_validate_ipn(push | {"amount": "1.00"})

    assert client.validationTransactionOrder(push["val_id"])["status"] == "VALID"
    assert client.validationTransactionOrder(push["val_id"])["status"] == "VALIDATED"
    assert client.transaction_query_session(opened["sessionkey"])["status"] == "VALIDATED"
    assert client.transaction_query_tranid(reference)["no_of_trans_found"] in (1, "1")

    # This client knows no refund_trans_id.
    sandbox.control("sslcommerz/settings", requires_refund_trans_id=False)
    refund = client.init_refund(push["bank_tran_id"], "20.00", "broken")
    sandbox.control("sslcommerz/settings", requires_refund_trans_id=True)
    assert refund["status"] == "success"
    assert client.query_refund_status(refund["refund_ref_id"])["status"] in ("processing", "refunded")
