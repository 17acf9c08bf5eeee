import os

import pytest
import stripe


@pytest.fixture(scope="module")
def client(sandbox):
    return stripe.StripeClient("sk_test_clients", base_addresses={"api": sandbox.base + "/stripe"})


def paid(client, amount=2000, capture="automatic"):
    return client.v1.payment_intents.create(
        {
            "amount": amount, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True,
            "capture_method": capture, "return_url": "https://shop.example/back",
        })


def test_checkout_and_its_webhook(client, shop, reference):
    session = client.v1.checkout.sessions.create(
        {
            "mode": "payment", "client_reference_id": reference, "success_url": "https://shop.example/paid",
            "cancel_url": "https://shop.example/cart",
            "line_items": [
                {"quantity": 2, "price_data": {
                    "currency": "usd", "unit_amount": 500, "product_data": {"name": "Tea"}}}],
        })
    assert session.status == "open" and session.amount_total == 1000
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    push = shop.wait("/webhooks/stripe", lambda r: r.json["type"] == "checkout.session.expired"
                     and r.json["data"]["object"]["id"] == session.id)
    secret = os.environ["HAAT_STRIPE_WEBHOOK_SECRETS"].split(",")[0]
    event = stripe.Webhook.construct_event(push.body, push.headers["stripe-signature"], secret)
    assert event.data.object.client_reference_id == reference
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(push.body + b" ", push.headers["stripe-signature"], secret)


def test_capture_and_refund(client):
    intent = paid(client, capture="manual")
    assert intent.status == "requires_capture"
    assert client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1500}).amount_received == 1500
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 400})
    assert refund.status == "succeeded"
    charge = client.v1.charges.retrieve(refund.charge)
    assert charge.amount_refunded == 400
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 4000})


def test_a_declined_card(client):
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create(
            {"amount": 100, "currency": "usd", "confirm": True, "return_url": "https://shop.example/back",
             "payment_method": "pm_card_chargeDeclinedInsufficientFunds"})
    assert declined.value.code == "card_declined"


def test_lists_go_through_all_pages(client):
    made = [paid(client, 1000 + number).id for number in range(5)]
    listed = [intent.id for intent in client.v1.payment_intents.list({"limit": 2}).auto_paging_iter()]
    assert listed[:5] == made[::-1]
    assert client.v1.balance_transactions.list({"limit": 1}).data
    assert client.v1.events.list({"type": "payment_intent.succeeded", "limit": 1}).data[0].data.object.id == made[-1]


def test_idempotency(client, reference):
    parameters, options = {"amount": 700, "currency": "usd"}, {"idempotency_key": reference}
    first = client.v1.payment_intents.create(parameters, options)
    assert client.v1.payment_intents.create(parameters, options).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.payment_intents.create(parameters | {"amount": 800}, options)
