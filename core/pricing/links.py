"""Links of listings: which address is meant, and whose site it is on."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.ports.prices import Listing

SEARCHED = ("avito.ru", "drom.ru", "autopiter.ru")
ESTIMATED = ("drom.ru", "avito.ru")
LONGEST_LINK = 500
_TRACKING = re.compile(r"utm_\w+|[gy]clid|fbclid|_openstat|ref|referrer|from|context|src", re.ASCII)
_FRONT_DOORS = ("www.", "m.")


def canonical(url: str) -> str | None:
    """One spelling for one page, None for what is no web address.

    Without scheme, `www.`, port, fragment, slash at the end and marks of where one came from.
    """
    url = url.strip()
    if len(url) > LONGEST_LINK or any(c.isspace() or not c.isprintable() for c in url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode().lower()
    except ValueError:
        return None
    # A name before @ is there to look like a site.
    if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc or "." not in host:
        return None
    for door in _FRONT_DOORS:
        host = host.removeprefix(door)
    asked = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(name.lower())
    ]
    query = f"?{urlencode(sorted(asked))}" if asked else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def site_of(url: str, allowed: Collection[str]) -> str | None:
    """Which of the allowed sites the page is on: their own name or one under it."""
    address = canonical(url)
    if address is None:
        return None
    host = re.split(r"[/?]", address, maxsplit=1)[0]
    return next((site for site in allowed if host == site or host.endswith(f".{site}")), None)


def cited(
    listings: Iterable[Listing], read: Iterable[str], allowed: Collection[str]
) -> tuple[Listing, ...]:
    """Those whose page is on an allowed site and was read by the search itself, links cleaned."""
    pages = {canonical(url) for url in read} - {None}
    return tuple(
        replace(listing, url=f"https://{address}")
        for listing in listings
        if (address := canonical(listing.url)) in pages
        and address is not None
        and site_of(listing.url, allowed) is not None
    )
