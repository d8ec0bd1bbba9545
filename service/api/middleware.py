"""Around every request: its number, its size, security headers, `304`, one line of journal.

Must not know: routes.
"""

import logging
import secrets
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import KINDS, response
from service.settings import Settings

_log = logging.getLogger("service.requests")
_ROOM = 100_000
"""Bytes beside the file in an upload: the borders of a form."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_API_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}


class Envelope:
    """Pure ASGI, so that streams pass through untouched."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._largest = settings.upload_bytes + _ROOM
        self._headers = dict(_HEADERS)
        if settings.secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._headers, self._largest)
        try:
            if exchange.announced > self._largest:
                await exchange.refuse("trop-gros")
            else:
                await self._app(scope, exchange.receive, exchange.send)
        except Exception:
            if exchange.begun:
                raise
            _log.exception("défaut", extra={"requete": exchange.key})
            await exchange.refuse("defaut", {"requete": exchange.key})
        finally:
            exchange.log()


class _Exchange:
    """One request and its answer."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str], largest: int
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._headers = headers
        self._largest = largest
        self._asked = Headers(scope=scope)
        self._begin = perf_counter()
        self._status = 500
        self._read = 0
        self._silent = False
        self.begun = False
        self.key = secrets.token_hex(6)
        scope.setdefault("state", {})["key"] = self.key
        length = self._asked.get("content-length", "")
        self.announced = int(length) if length.isdecimal() and length.isascii() else 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._largest:
            return {"type": "http.disconnect"}
        return message

    async def refuse(self, code: str, extra: dict[str, str] | None = None) -> None:
        """Answer in the place of the application."""
        answer = response(code, KINDS[code].example, extra)
        await answer(self._scope, self._receive, self.send)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            added = dict(self._headers)
            if self._scope["path"].startswith("/api/"):
                added |= _API_HEADERS
            for name, value in added.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self.key
            self._not_modified(message, headers)
            self._status = message["status"]
        elif self._silent:
            message = {**message, "body": b""}
        await self._send(message)

    def _not_modified(self, message: Message, headers: MutableHeaders) -> None:
        known = [tag.strip() for tag in self._asked.get("if-none-match", "").split(",")]
        tag = headers.get("etag")
        if self._scope["method"] != "GET" or message["status"] != 200 or tag is None:
            return
        if tag in known or "*" in known:
            message["status"] = 304
            self._silent = True
            for name in ("content-length", "content-type"):
                del headers[name]

    def log(self) -> None:
        route = getattr(self._scope.get("route"), "path", "")
        secret = "{code}" in route
        _log.info(
            "%s %s", self._scope["method"], route if secret else self._scope["path"],
            extra={
                "requete": self.key,
                "statut": self._status,
                "ms": round(1000 * (perf_counter() - self._begin), 1),
                "compte": self._scope.get("state", {}).get("account"),
            },
        )  # fmt: skip
