"""`pybkash` has its address built in, `bkash-pgw-tokenized` takes one."""

import asyncio
import json
import urllib.parse

import bkash_pgw_tokenized.sns_verify as sns
import pybkash
import pytest
from bkash_pgw_tokenized import Bkash, MemoryTokenStore, ensure_id_token
from cryptography import x509

CREDENTIALS = {
    "username": "haat_sandbox", "password": "haat_sandbox_password", "app_key": "haat_sandbox_app_key",
    "app_secret": "haat_sandbox_app_secret",
}
CALLBACK = "https://shop.example/back"


def pybkash_client(sandbox):
    token = pybkash.Token(**CREDENTIALS, sandbox=True)
    token.base_url = sandbox.base + "/bkash/v1.2.0-beta"
    return pybkash.Client(token)


def test_pybkash_pays_and_refunds(sandbox, reference):
    with pybkash_client(sandbox) as client:
        made = client.create_payment(CALLBACK, "01770618575", 150.25, invoice_number=reference)
        assert made.success_callback.startswith(CALLBACK)
        sandbox.control("bkash/payments/answer", paymentID=made.payment_id, answer="success")
        executed = client.execute_payment(made.payment_id)
        assert executed.transaction_status == "Completed" and executed.amount == "150.25"
        assert client.query_payment(made.payment_id).merchant_invoice == reference
        found = client.search_trx(executed.trx_id)
        assert found.customer_msisdn == found.payer_account == executed.customer_msisdn
        refund = client.execute_refund(made.payment_id, executed.trx_id, 50.25, "tea", "broken")
        assert refund.transaction_status == "Completed" and refund.original_trx_id == executed.trx_id


def test_pybkash_reads_refusals(sandbox, reference):
    with pybkash_client(sandbox) as client:
        made = client.create_payment(CALLBACK, "01770618575", 10, invoice_number=reference)
        with pytest.raises(pybkash.APIError) as refused:
            client.execute_payment(made.payment_id)
        assert refused.value.status_code


def test_bkash_pgw_tokenized(sandbox, shop, reference):
    async def pay():
        client = Bkash(CREDENTIALS | {"base_url": sandbox.base + "/bkash/v1.2.0-beta"})
        token = await ensure_id_token(MemoryTokenStore(), client)
        made = await client.create_payment(
            token, mode="0011", payer_reference="01770618575", callback_url=CALLBACK, amount="80.00",
            currency="BDT", intent="sale", merchant_invoice_number=reference)
        sandbox.control("bkash/payments/answer", paymentID=made["paymentID"], answer="success")
        executed = await client.execute_payment(token, made["paymentID"])
        status = await client.payment_status(token, made["paymentID"])
        found = await client.search_transaction(token, executed["trxID"])
        refund = await client.refund(
            token, payment_id=made["paymentID"], trx_id=executed["trxID"], amount="10.00", sku="tea", reason="broken")
        return executed, status, found, refund

    executed, status, found, refund = asyncio.run(pay())
    assert executed["transactionStatus"] == status["transactionStatus"] == found["transactionStatus"] == "Completed"
    assert refund["amount"] == "10.00"


def test_notifications_verify(sandbox, shop, reference, monkeypatch):
    """The library insists on Amazon's host for the certificate, so that one step is replaced."""
    def certificate(url, timeout=10.0):
        return x509.load_pem_x509_certificate(sandbox.get(urllib.parse.urlsplit(url).path).encode())

    monkeypatch.setattr(sns, "fetch_signing_certificate", certificate)
    with pybkash_client(sandbox) as client:
        made = client.create_payment(CALLBACK, "01770618575", 33, invoice_number=reference)
        sandbox.control("bkash/payments/answer", paymentID=made.payment_id, answer="success")
        transaction = client.execute_payment(made.payment_id).trx_id
    envelope = shop.wait("/webhooks/bkash", lambda r: transaction in r.json["Message"]).json
    sns.verify_sns_signature(envelope)
    assert json.loads(envelope["Message"])["trxID"] == transaction
    with pytest.raises(sns.SnsVerificationError):
        sns.verify_sns_signature(envelope | {"Message": envelope["Message"] + " "})
