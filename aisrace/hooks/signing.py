"""Signatures after Standard Webhooks (https://www.standardwebhooks.com): receivers find code that checks them."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"


def make_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def make_key() -> str:
    return f"msg_{secrets.token_hex(16)}"


def sign(secret: str, key: str, at: datetime, body: str) -> dict[str, str]:
    """The headers of a message. The moment is that of the attempt: an old message sent again is not an old one."""
    moment = str(int(at.timestamp()))
    shared = base64.b64decode(secret.removeprefix(PREFIX))
    signature = hmac.digest(shared, f"{key}.{moment}.{body}".encode(), hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
