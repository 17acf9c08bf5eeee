"""`shiprocket-sdk` logs in while it is made, at an address built in: its log-in is told where to go."""

import datetime

import pytest
import shiprocket


class Client(shiprocket.ShiprocketClient):
    """The published client, at the sandbox."""

    sandbox = None

    @property
    def base_url(self):
        return self.sandbox.base + "/shiprocket/v1/external/"

    @base_url.setter
    def base_url(self, _):
        pass


@pytest.fixture(scope="module")
def client(sandbox):
    Client.sandbox = sandbox
    return Client({"email": "api@haat.example", "password": "secret"})


def order(reference):
    return {
        "order_id": reference, "order_date": datetime.date.today().isoformat(), "pickup_location": "Primary",
        "billing_customer_name": "Asha", "billing_last_name": "Rao", "billing_address": "4 Hill Road",
        "billing_city": "Mumbai", "billing_pincode": "400050", "billing_state": "Maharashtra",
        "billing_country": "India", "billing_email": "asha@example.com", "billing_phone": "9811111111",
        "shipping_is_billing": True,
        "order_items": [{"name": "Kettle", "sku": "kettle-1", "units": 1, "selling_price": 900}],
        "payment_method": "Prepaid", "sub_total": 900, "length": 10, "breadth": 15, "height": 20, "weight": 0.7,
    }


def test_from_order_to_papers(client, reference):
    orders, couriers = shiprocket.Order(client), shiprocket.Courier(client)
    made = orders.create_custom_order(order(reference)).json()
    rates = couriers.check_courier_serviceability(
        {"pickup_postcode": 560001, "delivery_postcode": 400050, "weight": 0.7, "cod": 0}).json()
    assert rates["data"]["available_courier_companies"]
    awb = couriers.genrate_awb_for_shipment({"shipment_id": made["shipment_id"]}).json()
    assert awb["awb_assign_status"] == 1
    assert couriers.request_for_shipment_pickup({"shipment_id": [made["shipment_id"]]}).json()["pickup_status"] == 1
    papers = shiprocket.LabelsManifestsInvoice(client)
    assert papers.generate_label({"shipment_id": [made["shipment_id"]]}).json()["label_created"] == 1
    assert papers.generate_manifest({"shipment_id": [made["shipment_id"]]}).json()["manifest_url"]
    assert papers.genrate_invoice({"ids": [made["order_id"]]}).json()["is_invoice_created"] is True
    shown = orders.get_specific_order_details(made["order_id"]).json()
    assert shown["data"]["channel_order_id"] == reference


def test_lists_and_cancelling(client, reference):
    orders = shiprocket.Order(client)
    made = orders.create_custom_order(order(reference)).json()
    assert orders.get_all_orders({"per_page": 2}).json()["data"][0]["id"] == made["order_id"]
    assert shiprocket.Shipment(client).get_all_shipments().status_code == 200
    assert shiprocket.PickupAddress(client).get_all_pickup_locations().status_code == 200
    assert shiprocket.Channel(client).get_channels().status_code == 200
    assert shiprocket.Courier(client).get_list_of_couriers().status_code == 200
    assert orders.cancel_order({"ids": [made["order_id"]]}).status_code in (200, 204)
