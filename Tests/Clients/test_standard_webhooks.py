"""What leaves the house, verified by the library that the Standard Webhooks specification publishes."""

import json
import os
import time
import urllib.error
import urllib.request
import uuid

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

API = os.environ["HAAT_API_URL"] + "/api/v1"


def call(method, path, body=None):
    headers = {
        "Authorization": "Bearer " + os.environ["HAAT_ADMIN_TOKEN"], "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@pytest.fixture
def endpoint(shop, reference):
    """An endpoint of the marketplace's at the shop, with its secret and its path there."""
    path = f"/hooks/{reference}"
    made = call("POST", "/webhook_endpoints", {
        "url": f"http://127.0.0.1:{os.environ['HAAT_SHOP_PORT']}{path}", "event_types": ["vendor.changed"],
    })
    yield made["webhook_endpoint"]["id"], made["secret"], path
    call("DELETE", "/webhook_endpoints/" + made["webhook_endpoint"]["id"])


def test_a_message_is_verified(shop, endpoint):
    id, secret, path = endpoint
    call("POST", f"/webhook_endpoints/{id}/test")
    message = shop.wait(path)
    assert message.headers["content-type"] == "application/json"
    told = Webhook(secret).verify(message.body, message.headers)
    assert told["type"] == "webhook.test" and told["data"] == {"endpoint_id": id}
    for forged in (message.body + b" ", message.body.replace(b"webhook", b"webhooc")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(forged, message.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(message.body, {**message.headers, "webhook-timestamp": "1"})


def test_an_event_of_the_marketplace_comes_by_itself(shop, endpoint, reference):
    id, secret, path = endpoint
    vendor = call("POST", "/vendors", {"name": reference, "email": "shop@example.com", "commission_ppm": 1})
    message = shop.wait(path)
    told = Webhook(secret).verify(message.body, message.headers)
    assert told["type"] == "vendor.changed" and told["data"] == {"vendor_id": vendor["id"]}


def test_both_secrets_verify_while_one_is_changed_for_another(shop, endpoint):
    id, old, path = endpoint
    new = call("POST", f"/webhook_endpoints/{id}/rotate_secret", {"overlap_hours": 1})["secret"]
    call("POST", f"/webhook_endpoints/{id}/test")
    message = shop.wait(path)
    assert Webhook(old).verify(message.body, message.headers) == Webhook(new).verify(message.body, message.headers)
    last = call("POST", f"/webhook_endpoints/{id}/rotate_secret", {"overlap_hours": 0})["secret"]
    call("POST", f"/webhook_endpoints/{id}/test")
    message = shop.wait_for_count(2, path)[1]
    Webhook(last).verify(message.body, message.headers)
    for secret in (old, new):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(message.body, message.headers)


def test_a_replay_has_the_id_that_the_message_had(shop, endpoint):
    id, secret, path = endpoint
    delivery = call("POST", f"/webhook_endpoints/{id}/test")["id"]
    shop.wait(path)
    end = time.monotonic() + 20
    while call("GET", f"/webhook_deliveries/{delivery}")["state"] != "delivered" and time.monotonic() < end:
        time.sleep(0.05)
    call("POST", f"/webhook_deliveries/{delivery}/replay")
    first, second = shop.wait_for_count(2, path)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    for message in (first, second):
        Webhook(secret).verify(message.body, message.headers)


def test_an_address_in_a_private_network_is_refused():
    with pytest.raises(urllib.error.HTTPError) as refused:
        call("POST", "/webhook_endpoints", {"url": "https://10.0.0.1/hooks"})
    assert refused.value.code == 422
