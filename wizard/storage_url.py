"""Where photos and versions are kept, said in one line: s3://key:secret@bucket/prefix?endpoint=https://host&region=name"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ON_THIS_MACHINE = {
    "BACKEND": "wizard.storage.WholeFiles",
    # Photos have random names; a photo's stem activations are written again under their own name.
    "OPTIONS": {"allow_overwrite": True, "remade": ("stems",)},
}
SHAPE = "STORAGE_URL looks like s3://key:secret@bucket/folder?endpoint=https://host&region=name"
MISSING = (
    "STORAGE_URL is set, and what speaks to it is not installed: pip install -r requirements-s3.txt -c constraints.txt"
)


def storage_of(url: str) -> dict[str, Any]:
    """An entry of STORAGES. Raises ImproperlyConfigured, without the secret."""
    if not url:
        return ON_THIS_MACHINE
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
        bucket, has_port = parts.hostname, parts.port is not None
    except ValueError:
        raise ImproperlyConfigured(f"{SHAPE}; percent-encode what has a / or an @ in it.") from None
    if parts.scheme != "s3" or not bucket or has_port or bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(
            f"{SHAPE}; key and secret may be left out for AWS_ACCESS_KEY_ID or a machine's role."
        )
    if asked.keys() - {"endpoint", "region"}:
        raise ImproperlyConfigured(f"{SHAPE}, and knows nothing else.")
    (endpoint,), (region,) = asked.get("endpoint", [None]), asked.get("region", [None])
    if endpoint and not endpoint.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"{SHAPE}; the endpoint begins with https:// or http://.")
    if not find_spec("storages") or not find_spec("boto3"):
        raise ImproperlyConfigured(MISSING)
    given = {
        "bucket_name": bucket,
        "location": parts.path.strip("/"),
        "endpoint_url": endpoint,
        "region_name": region,
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
    }
    # What is not given is looked for where every program of Amazon's looks.
    return {"BACKEND": "wizard.s3.Bucket", "OPTIONS": {name: value for name, value in given.items() if value}}
