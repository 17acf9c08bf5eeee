import pytest
import razorpay

KEY = ("rzp_test_haatsandbox", "haat_sandbox_key_secret")
WEBHOOK_SECRET = "haat_sandbox_webhook_secret"


@pytest.fixture(scope="module")
def client(sandbox):
    return razorpay.Client(auth=KEY, base_url=sandbox.base + "/razorpay")


def order(client, reference, amount=50_000):
    return client.order.create(
        {"amount": amount, "currency": "INR", "receipt": reference, "notes": {"cart": reference}})


def authorised(client, sandbox, reference):
    """A payment that waits to be captured, and its order's id."""
    made = order(client, reference)["id"]
    sandbox.control("razorpay/payments", order=made, method="upi", capture=False)
    return client.order.payments(made)["items"][0]["id"], made


def test_order_capture_refund(client, sandbox, reference):
    payment, made = authorised(client, sandbox, reference)
    captured = client.payment.capture(payment, 50_000, {"currency": "INR"})
    assert captured["status"] == "captured"
    assert client.order.fetch(made)["status"] == "paid"
    refund = client.payment.refund(payment, {"amount": 20_000, "speed": "normal"})
    assert client.refund.fetch(refund["id"])["payment_id"] == payment
    assert client.payment.fetch(payment)["amount_refunded"] == 20_000
    with pytest.raises(razorpay.errors.BadRequestError):
        client.payment.refund(payment, {"amount": 90_000})


def test_lists(client, reference):
    made = [order(client, f"{reference}-{number}")["id"] for number in range(3)]
    assert [item["id"] for item in client.order.all({"count": 3})["items"]] == made[::-1]
    assert client.order.all({"count": 1, "skip": 1})["items"][0]["id"] == made[1]
    assert client.order.all({"receipt": f"{reference}-1"})["count"] == 1
    for resource in (client.payment, client.refund, client.settlement):
        assert client and resource.all({"count": 2})["entity"] == "collection"


def test_settlements(client, sandbox, reference):
    payment, _ = authorised(client, sandbox, reference)
    client.payment.capture(payment, 50_000)
    sandbox.control("razorpay/settlements")
    settlement = client.settlement.all({"count": 1})["items"][0]
    assert client.settlement.fetch(settlement["id"])["status"] == "processed"


def test_checkout_signature(client, sandbox, reference):
    made = order(client, reference)["id"]
    returned = sandbox.form(
        f"/razorpay/checkout/{made}/pay",
        {"key_id": KEY[0], "order_id": made, "callback_url": "https://shop.example/back"},
        {"Accept": "application/json"},
    )["fields"]
    assert client.utility.verify_payment_signature(returned)
    with pytest.raises(razorpay.errors.SignatureVerificationError):
        client.utility.verify_payment_signature(returned | {"razorpay_payment_id": "pay_other"})


def test_webhook_signature(client, sandbox, shop, reference):
    payment, _ = authorised(client, sandbox, reference)
    push = shop.wait(
        "/webhooks/razorpay", lambda r: r.json["event"] == "payment.authorized"
        and r.json["payload"]["payment"]["entity"]["id"] == payment)
    signature = push.headers["x-razorpay-signature"]
    client.utility.verify_webhook_signature(push.body.decode(), signature, WEBHOOK_SECRET)
    with pytest.raises(razorpay.errors.SignatureVerificationError):
        client.utility.verify_webhook_signature(push.body.decode() + " ", signature, WEBHOOK_SECRET)


def test_wrong_key(sandbox):
    with pytest.raises(razorpay.errors.BadRequestError):
        razorpay.Client(auth=("rzp_test_x", "y"), base_url=sandbox.base + "/razorpay").order.all()
