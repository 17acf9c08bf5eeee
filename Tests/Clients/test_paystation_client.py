"""`paystation` has its address built in; it is replaced on the object."""

import pytest
from paystation import PayStation


@pytest.fixture
def client(sandbox):
    client = PayStation("104-1653730183", "gamecoderstorepass", sandbox=True)
    client.base_url = sandbox.base + "/paystation"
    return client


def initiate(client, reference, **more):
    return client.initiate_payment(
        invoice_number=reference, payment_amount=120.0, cust_name="Rahim", cust_phone="01711111111",
        cust_email="r@example.com", callback_url="https://shop.example/back", **more)


def test_pay(client, sandbox, reference):
    made = initiate(client, reference, opt_a="cart 7", checkout_items="tea")
    assert made["status_code"] == "200" and made["payment_url"].startswith(sandbox.base)
    assert client.get_transaction_status_by_invoice(reference)["data"]["trx_status"] == "processing"
    sandbox.control("paystation/payments", invoice_number=reference, answer="Successful")
    data = client.get_transaction_status_by_invoice(reference)["data"]
    assert data["trx_status"].lower() in ("success", "successful") and data["trx_id"]


def test_the_customer_bears_the_charge(client, sandbox, reference):
    initiate(client, reference, pay_with_charge=True)
    sandbox.control("paystation/payments", invoice_number=reference, answer="Successful")
    data = client.get_transaction_status_by_invoice(reference)["data"]
    paid, asked = float(data["payment_amount"]), float(data["request_amount"])
    assert paid > asked and client.get_store_amount(asked, paid, data["payment_method"]) == asked


def test_refusals(client, reference):
    initiate(client, reference)
    assert initiate(client, reference)["status_code"] == "1008"
    assert client.get_transaction_status_by_invoice("none")["status_code"] == "2001"
    client.password = "x"
    assert initiate(client, reference)["status_code"] == "1001"
