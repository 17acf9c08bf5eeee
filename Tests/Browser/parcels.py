"""Books parcels over the couriers' APIs, to be moved by hand on their pages."""

from checkouts import new_reference

STEADFAST = "/steadfast/api/v1"
SHIPROCKET = "/shiprocket/v1/external"


def steadfast(sandbox):
    """A consignment as the API answers it."""
    booked = sandbox.json(
        f"{STEADFAST}/create_order",
        {
            "invoice": new_reference("steadfast"), "recipient_name": "Rahima Khatun",
            "recipient_phone": "01711111111", "recipient_address": "House 1, Road 2, Dhaka", "cod_amount": 1060,
            "note": "Ring twice",
        },
        {"Api-Key": "key", "Secret-Key": "secret"},
    )
    return booked["consignment"]


def shiprocket(sandbox):
    """The ids and the AWB of an order whose pickup is arranged."""
    token = sandbox.json(f"{SHIPROCKET}/auth/login", {"email": "api@haat.example", "password": "secret"})["token"]
    headers = {"Authorization": f"Bearer {token}"}
    order = sandbox.json(
        f"{SHIPROCKET}/orders/create/adhoc",
        {
            "order_id": new_reference("shiprocket"), "order_date": "2026-11-20 10:30", "pickup_location": "Primary",
            "billing_customer_name": "Asha", "billing_last_name": "Rao", "billing_address": "4 Hill Road",
            "billing_city": "Mumbai", "billing_pincode": "400050", "billing_state": "Maharashtra",
            "billing_country": "India", "billing_email": "asha@example.com", "billing_phone": "9811111111",
            "shipping_is_billing": True,
            "order_items": [{"name": "Kettle", "sku": "kettle-1", "units": 1, "selling_price": 900}],
            "payment_method": "COD", "sub_total": 900, "length": 10, "breadth": 15, "height": 20, "weight": 0.7,
        },
        headers,
    )
    assigned = sandbox.json(f"{SHIPROCKET}/courier/assign/awb", {"shipment_id": order["shipment_id"]}, headers)
    sandbox.json(f"{SHIPROCKET}/courier/generate/pickup", {"shipment_id": [order["shipment_id"]]}, headers)
    return {"order": order["order_id"], "awb": assigned["response"]["data"]["awb_code"]}
