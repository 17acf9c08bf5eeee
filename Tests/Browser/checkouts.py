"""Opens a payment at each gateway over its API; the browser then goes to `Checkout.url`."""

import os
import uuid
from dataclasses import dataclass, field

from sandbox import basic

STRIPE_HEADERS = {"Authorization": "Bearer " + os.environ.get("HAAT_STRIPE_SECRET_KEY", "sk_test_walk")}
_bkash_tokens = {}


def new_reference(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


@dataclass
class Checkout:
    """A payment that waits for its customer."""

    url: str
    reference: str
    amount: str
    #: Where a page is reached by a form POST: its fields.
    form: dict = field(default_factory=dict)


def stripe(sandbox, shop):
    reference = new_reference("stripe")
    session = sandbox.form(
        "/stripe/v1/checkout/sessions",
        {
            "mode": "payment", "client_reference_id": reference,
            "success_url": f"{shop.base}/return/stripe/paid?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{shop.base}/return/stripe/cart",
            "line_items[0][quantity]": "2",
            "line_items[0][price_data][currency]": "usd",
            "line_items[0][price_data][unit_amount]": "1250",
            "line_items[0][price_data][product_data][name]": "Darjeeling, first flush, 100 g",
            "line_items[1][quantity]": "1",
            "line_items[1][price_data][currency]": "usd",
            "line_items[1][price_data][unit_amount]": "4900",
            "line_items[1][price_data][product_data][name]": "Licence key: Atelier 4",
            "line_items[1][price_data][product_data][description]": "For one person, for good",
        },
        STRIPE_HEADERS,
    )
    return Checkout(session["url"], session["id"], "74.00 USD")


def razorpay(sandbox, shop, redirect=False):
    order = sandbox.json(
        "/razorpay/v1/orders", {"amount": 50000, "currency": "INR", "receipt": new_reference("receipt")},
        basic("rzp_test_haatsandbox", "haat_sandbox_key_secret"),
    )
    form = {
        "key_id": "rzp_test_haatsandbox", "order_id": order["id"],
        "callback_url": f"{shop.base}/return/razorpay/paid?cart=7", "cancel_url": f"{shop.base}/return/razorpay/cart",
        "prefill[email]": "asha@example.com", "prefill[contact]": "9811111111",
    }
    if redirect:
        form["redirect"] = "true"
    return Checkout(f"{sandbox.base}/razorpay/v1/checkout/embedded", order["id"], "500.00 INR", form)


def sslcommerz(sandbox, shop):
    reference = new_reference("ssl")
    back = f"{shop.base}/return/sslcommerz"
    session = sandbox.form(
        "/sslcommerz/gwprocess/v4/api.php",
        {
            "store_id": "haatsandbox", "store_passwd": "haatsandbox@ssl", "total_amount": "1150.00", "currency": "BDT",
            "tran_id": reference, "success_url": f"{back}/paid", "fail_url": f"{back}/failed",
            "cancel_url": f"{back}/cancelled", "ipn_url": f"{shop.base}/webhooks/sslcommerz", "cus_name": "Rahim",
            "cus_email": "rahim@example.com", "cus_add1": "Road 1", "cus_city": "Dhaka", "cus_postcode": "1000",
            "cus_country": "Bangladesh", "cus_phone": "01711111111", "shipping_method": "NO",
            "product_name": "Tea, 500 g", "product_category": "Food", "product_profile": "general",
        },
    )
    return Checkout(session["GatewayPageURL"], reference, "1150.00 BDT")


BKASH = "/bkash/v1.2.0-beta/tokenized/checkout"


def bkash_headers(sandbox):
    """One token serves all walks: a merchant gets two an hour."""
    if sandbox.base not in _bkash_tokens:
        granted = sandbox.json(
            f"{BKASH}/token/grant", {"app_key": "haat_sandbox_app_key", "app_secret": "haat_sandbox_app_secret"},
            {"username": "haat_sandbox", "password": "haat_sandbox_password"},
        )
        _bkash_tokens[sandbox.base] = granted["id_token"]
    return {"Authorization": _bkash_tokens[sandbox.base], "X-App-Key": "haat_sandbox_app_key"}


def bkash(sandbox, shop):
    reference = new_reference("bkash")
    payment = sandbox.json(
        f"{BKASH}/create",
        {
            "mode": "0011", "payerReference": "01770618575", "callbackURL": f"{shop.base}/return/bkash",
            "amount": "100.50", "currency": "BDT", "intent": "sale", "merchantInvoiceNumber": reference,
        },
        bkash_headers(sandbox),
    )
    return Checkout(payment["bkashURL"], payment["paymentID"], "100.50 BDT")


def bkash_execute(sandbox, payment):
    return sandbox.json(f"{BKASH}/execute", {"paymentID": payment}, bkash_headers(sandbox))


AAMARPAY_STORE = {"store_id": "aamarpaytest", "signature_key": "dbb74894e82415a2f7ff0ec3a97e4183"}


def aamarpay(sandbox, shop):
    reference = new_reference("aamarpay")
    back = f"{shop.base}/return/aamarpay"
    payment = sandbox.json(
        "/aamarpay/jsonpost.php",
        {
            **AAMARPAY_STORE, "tran_id": reference, "amount": "10.00", "currency": "BDT",
            "success_url": f"{back}/paid", "fail_url": f"{back}/failed", "cancel_url": f"{back}/cancelled",
            "desc": "Tea", "cus_name": "Rahim", "cus_email": "rahim@example.com", "cus_phone": "01711111111",
            "type": "json",
        },
    )
    return Checkout(payment["payment_url"], reference, "10.00 BDT")


def paystation(sandbox, shop):
    reference = new_reference("paystation")
    payment = sandbox.form(
        "/paystation/initiate-payment",
        {
            "merchantId": "104-1653730183", "password": "gamecoderstorepass", "invoice_number": reference,
            "currency": "BDT", "payment_amount": "120", "cust_name": "Rahim", "cust_phone": "01711111111",
            "cust_email": "rahim@example.com", "callback_url": f"{shop.base}/return/paystation",
        },
    )
    return Checkout(payment["payment_url"], reference, "120.00 BDT")
