"""Bearer tokens as a single sign-on would give them out, and the SASL messages that carry them."""

import base64
import hashlib
import hmac
import json
import time

KEY = b"what the servers and the sign-on share"


def token_for(login: str, key: bytes = KEY, lifetime: int = 3600, groups: int = 0) -> str:
    """A signed JSON web token (RFC 7519, HS256) that says its bearer is `login`, and of many `groups`."""
    now = int(time.time())
    claims = {"sub": login, "email": login, "iat": now - 10, "nbf": now - 10, "exp": now + lifetime,
              "groups": [f"group-{number:06}" for number in range(groups)]}
    text = ".".join(_packed(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{text}.{_packed(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


def xoauth2(login: str, token: str) -> str:
    return _encoded(f"user={login}\1auth=Bearer {token}\1\1")


def oauthbearer(login: str, token: str) -> str:
    return _encoded(f"n,a={login},\1host=mail.old.example\1port=993\1auth=Bearer {token}\1\1")


MESSAGES = {"XOAUTH2": xoauth2, "OAUTHBEARER": oauthbearer}


def _packed(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
