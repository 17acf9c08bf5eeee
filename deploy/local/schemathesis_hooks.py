"""Each wrong credential is shown once: one that is shown again and again is answered with 429 before anything else is looked at."""

from itertools import count

from schemathesis.specs.openapi import _auth_retry


class WrongCredentials(dict):
    """By the scheme; of bearers another one each time, told apart by how they begin."""

    numbers = count()

    def get(self, scheme, default=None):
        if scheme == "_bearer_auth":
            return f"Bearer {next(self.numbers):011d}-wrong"
        return super().get(scheme, default)


_auth_retry.INVALID_AUTH_HEADERS = WrongCredentials(_auth_retry.INVALID_AUTH_HEADERS)
