import pytest
from steadfast_courier import SteadfastCourier
from steadfast_courier.exceptions import SteadfastException


@pytest.fixture(scope="module")
def client(sandbox):
    return SteadfastCourier("key", "secret", base_url=sandbox.base + "/steadfast/api/v1")


def parcel(reference):
    return {
        "invoice": reference, "recipient_name": "Rahima", "recipient_phone": "01711111111",
        "recipient_address": "House 1, Road 2, Dhaka", "cod_amount": 1060,
    }


def test_order_and_its_status(client, sandbox, reference):
    booked = client.order().place_order(parcel(reference))["consignment"]
    status = client.status()
    sandbox.control("steadfast/move", parcel=reference, status="delivered")
    for answer in (
        status.get_status_by_consignment_id(booked["consignment_id"]), status.get_status_by_invoice(reference),
        status.get_status_by_tracking_code(booked["tracking_code"]),
    ):
        assert answer["delivery_status"] == "delivered"


def test_bulk_orders(client, reference):
    rows = client.order().place_bulk_orders([parcel(f"{reference}-{number}") for number in range(3)])
    rows = rows if isinstance(rows, list) else rows["data"]
    assert [row["status"] for row in rows] == ["success"] * 3


def test_returns_balance_payments_stations(client, reference):
    booked = client.order().place_order(parcel(reference))["consignment"]
    made = client.return_api().create_return_request({"consignment_id": booked["consignment_id"], "reason": "late"})
    assert client.return_api().get_return_request(made["id"])["status"] == "pending"
    assert client.return_api().get_return_requests()
    assert "current_balance" in client.balance().get_current_balance()
    assert "payments" in client.payment().get_payments()
    assert client.police_station().get_police_stations()


def test_a_repeated_invoice_is_refused(client, reference):
    client.order().place_order(parcel(reference))
    with pytest.raises(SteadfastException):
        client.order().place_order(parcel(reference))
