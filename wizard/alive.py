"""Whether the web process of this machine answers, for a container: `python -P wizard/alive.py`. Without Django."""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException


def main() -> int:
    # A name that the pages answer to, whatever it is: the address of this machine need not be among them.
    named = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*")
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": named or "localhost"})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        print(f"The web process does not answer: {error}", file=sys.stderr)  # noqa: T201
        return 1
    if status != 200:
        print(f"The web process answered {status}.", file=sys.stderr)  # noqa: T201
    return int(status != 200)


if __name__ == "__main__":
    sys.exit(main())
