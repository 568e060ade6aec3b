"""The Mini App's own files, under /app/: one page whose routes live in the browser."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from core.kernel.settings import Settings

DIST = Path(__file__).parents[1] / "webapp" / "dist"
# Where Telegram's own web clients live: they show the Mini App in a frame.
_TELEGRAM_WEB = ("https://web.telegram.org",)
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_HASHED = "assets"
_NOT_BUILT = """<!doctype html><html lang="ru"><meta charset="utf-8">
<title>AI Sales Operator</title><body style="font:16px/1.5 system-ui;margin:3rem;max-width:40rem">
<h1>Mini App ещё не собрано</h1><p>Соберите его командой <code>make setup</code> и обновите
страницу.</p><p lang="en">The Mini App is not built yet: run <code>make setup</code> and reload.</p>
"""


def content_policy(settings: Settings) -> str:
    """What the page may load, and who may show it in a frame."""
    frames = [*_TELEGRAM_WEB]
    if settings.sandbox_on:
        port = settings.sandbox_port
        frames += [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    address = settings.public_address
    sockets = address.replace("http", "ws", 1)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            # telegram-ui sets sizes by style attributes.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self'",
            f"connect-src 'self' {sockets}",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {' '.join(frames)}",
        )
    )


def routes(settings: Settings, dist: Path = DIST) -> list[BaseRoute]:
    """`/app` and everything under it. A file that is not there is a route of the browser's."""
    policy = content_policy(settings)
    root = dist.resolve()

    def page() -> Response:
        index = root / "index.html"
        if not index.is_file():
            answer: Response = HTMLResponse(_NOT_BUILT, status_code=503)
            headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        else:
            answer = FileResponse(index)
            headers = {"Content-Security-Policy": policy}
        answer.headers.update(headers | {"Cache-Control": _ASK_AGAIN})
        return answer

    async def show(request: Request) -> Response:
        path: str = request.path_params["path"]
        file = _inside(root, path)
        if file is not None:
            hashed = path.startswith(f"{_HASHED}/")
            return FileResponse(
                file, headers={"Cache-Control": _FOR_EVER if hashed else _ASK_AGAIN}
            )
        if path.startswith(f"{_HASHED}/"):
            raise HTTPException(404)
        return page()

    async def add_slash(_: Request) -> Response:
        return RedirectResponse("/app/", status_code=308)

    return [Route("/app", add_slash), Route("/app/{path:path}", show)]


def _inside(root: Path, path: str) -> Path | None:
    """The file of that path, if it is one and lies under the root."""
    if not path or "\x00" in path:
        return None
    try:
        file = (root / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except OSError:
        return None
