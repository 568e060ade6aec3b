"""The bytes of files customers sent."""

from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from core.conversations.thread import stored_file
from core.kernel.errors import not_found
from core.ports.storage import StorageMissing

router = APIRouter(prefix="/attachments", tags=["conversations"], dependencies=[Depends(by_person)])
# Only what can hold no script is shown in place; SVG and HTML are files to save.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_BYTES = "application/octet-stream"


@router.get(
    "/{attachment_id}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {_BYTES: {}}, "description": "The file"},
        **describe(401, 403, 404),
    },
)
async def read_attachment(app: Core, actor: Acting, attachment_id: UUID) -> StreamingResponse:
    async with app.uow(actor.tenant_id) as uow:
        file = await stored_file(uow, actor, attachment_id)
    if file.storage_key is None:
        raise not_found("attachments")
    content = app.storage.get(file.storage_key)
    try:
        first = await anext(content, b"")
    except StorageMissing as missing:
        raise not_found("attachments") from missing
    shown = file.mime in _SHOWN
    name = quote(file.file_name or str(attachment_id), safe="")
    headers = {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}",
        "Cache-Control": "private, max-age=3600",
    }
    media_type = file.mime if shown else _BYTES
    return StreamingResponse(_all(first, content), headers=headers, media_type=media_type)


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
