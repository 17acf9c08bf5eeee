"""`aamarpay` has its address built in; the constant is replaced."""

import warnings

import pytest

with warnings.catch_warnings():
    # It imports ast.Str, which Python has deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from aamarpay import _constants, aamarpay


@pytest.fixture(autouse=True)
def address(sandbox, monkeypatch):
    monkeypatch.setattr(_constants, "sandBoxUrl", sandbox.base + "/aamarpay/index.php")


def test_payment_page(sandbox, reference):
    page = aamarpay.aamarPay(transactionID=reference, transactionAmount="600").payment()
    assert page.startswith(f"{sandbox.base}/aamarpay/paynow.php?track=")
    assert "600.00 BDT" in sandbox.get(page.removeprefix(sandbox.base))


def test_refusal(reference):
    assert "Invalid Store ID" in aamarpay.aamarPay(transactionID=reference, storeID="other").payment()
