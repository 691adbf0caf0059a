"""Verifies e-mails with dkimpy, which shares no code with Perene. Needs `pip install dkimpy`.

usage: verify.py TXT_RECORD_FILE EML...; prints one JSON value a line: verified, signed headers, and whether the same
e-mail with one word of List-Unsubscribe-Post changed still verifies.
"""

import json
import re
import sys

import dkim

with open(sys.argv[1], "rb") as file:
    record = file.read().strip()


def verify(message):
    return dkim.verify(message, dnsfunc=lambda name, timeout=5: record)


for path in sys.argv[2:]:
    with open(path, "rb") as file:
        message = file.read()
    head = message.split(b"\r\n\r\n", 1)[0]
    signature = re.search(rb"^DKIM-Signature:.*?(?=^\S|\Z)", head, re.M | re.S | re.I).group(0)
    signed = re.sub(rb"\s", b"", re.search(rb"\bh=([^;]*)", signature).group(1)).decode().lower().split(":")
    changed = message.replace(b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Clicks", 1)
    print(
        json.dumps(
            {
                "verified": verify(message),
                "oneClick": all(
                    re.search(rb"^" + name.encode() + rb":", head, re.M | re.I) and name in signed
                    for name in ("list-unsubscribe", "list-unsubscribe-post")
                ),
                "changedVerifies": changed != message and verify(changed),
            }
        )
    )
