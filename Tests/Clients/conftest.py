"""A sandbox that runs already (`HAAT_SANDBOX_URL`), and a shop at the port its pushes go to."""

import os
import uuid

import pytest
from sandbox import Sandbox
from shop import Shop


@pytest.fixture(scope="session")
def sandbox():
    sandbox = Sandbox(os.environ["HAAT_SANDBOX_URL"])
    sandbox.control("bkash/settings", token_limit=0)
    return sandbox


@pytest.fixture(scope="session")
def shop():
    shop = Shop(int(os.environ["HAAT_SHOP_PORT"]))
    yield shop
    shop.close()


@pytest.fixture
def reference():
    return uuid.uuid4().hex[:12]
