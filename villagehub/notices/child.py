"""The child process that sends one message: ``python -m villagehub.notices.child``, everything on standard input.

It is alone so that a receiver that never ends, a library that grows or a fault can hold up nobody, and so that nothing that the
library says of an address reaches a log. The exit code is the answer.
"""

import json
import logging
import sys
from importlib.util import find_spec

SENT, REFUSED, UNREADABLE, MISSING = 0, 3, 4, 5
"""Exit codes: taken, not taken or not reached, no address that apprise knows, no apprise."""


def main() -> int:
    """Reads ``{"url", "title", "body"}``; without a body the address is only looked at."""
    asked = json.load(sys.stdin)
    if find_spec("apprise") is None:
        return MISSING
    import apprise

    logging.disable(logging.CRITICAL)
    asset = apprise.AppriseAsset(async_mode=False, secure_logging=True, app_id="villagehub", app_url="")
    receiver = apprise.Apprise.instantiate(asked["url"], asset=asset, suppress_exceptions=True)
    if receiver is None:
        return UNREADABLE
    if "body" not in asked:
        return SENT
    box = apprise.Apprise(asset=asset)
    box.add(receiver)
    taken = box.notify(body=asked["body"], title=asked["title"], body_format=apprise.NotifyFormat.TEXT)
    return SENT if taken else REFUSED


if __name__ == "__main__":
    sys.exit(main())
