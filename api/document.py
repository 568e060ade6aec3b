"""`python -m api.document [--check]`: writes docs/openapi.json, or says that it is out of date.

The document depends on no setting and on no server, so none is opened.
"""

import sys
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI

from api import openapi
from api.app import add_routes

PLACE = Path(__file__).parents[1] / "docs" / "openapi.json"


def document() -> dict[str, Any]:
    """The OpenAPI document of this release."""
    surface = FastAPI(title=openapi.TITLE, version=openapi.VERSION)
    add_routes(surface)
    return openapi.document(surface)


def main(arguments: list[str]) -> int:
    made = orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    if "--check" not in arguments:
        PLACE.write_bytes(made)
        return 0
    if PLACE.is_file() and PLACE.read_bytes() == made:
        return 0
    sys.stderr.write("docs/openapi.json is out of date: run `python -m api.document`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
