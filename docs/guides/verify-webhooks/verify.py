# python3 verify.py ID TIMESTAMP SIGNATURE < body        (the secret is in WEBHOOK_SECRET)
import base64
import hashlib
import hmac
import os
import sys
import time

TOLERANCE = 5 * 60  # seconds


def is_genuine(secret, id, timestamp, signatures, body, now=None):
    """Whether `body`, the bytes as they came, was sent by a holder of `secret` in the last five minutes."""
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if abs((now or time.time()) - int(timestamp)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # While a secret is being changed there are two, separated by a space.
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures.split(" "))


if __name__ == "__main__":
    genuine = is_genuine(os.environ["WEBHOOK_SECRET"], *sys.argv[1:4], sys.stdin.buffer.read())
    print("genuine" if genuine else "forged")
    sys.exit(0 if genuine else 1)
