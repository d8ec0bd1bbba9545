"""`Idempotency-Key`: a request sent twice is done once, and answered the same both times.

Only for routes whose answers hold no secret: they are kept for a day. Must not know: what they do.
"""

import hashlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from service.accounts import people
from service.accounts.people import Present
from service.api.dependencies import COOKIE
from service.house import House
from service.refusals import Refusal
from service.store import idempotency
from service.tables import IdempotencyRow, now

HEADER = "Idempotency-Key"
_LONGEST = 100
_DEAD_AFTER = timedelta(minutes=10)
_KEPT_HEADERS = frozenset({"content-type", "location", "etag"})


class IdempotentRoute(APIRoute):
    """A route whose POST may be sent again without harm."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if request.method != "POST" or key is None:
                return await handle(request)
            present = await run_in_threadpool(_asking, request)
            if present is None:
                return await handle(request)
            return await _once(handle, request, present.user.id, key[:_LONGEST])

        return once


async def _once(
    handle: Callable[[Request], Coroutine[Any, Any, Response]],
    request: Request,
    account_id: str,
    key: str,
) -> Response:
    database = _house(request).database
    fingerprint = _fingerprint(request, await request.body())
    first = await run_in_threadpool(
        idempotency.claim, database, account_id, key, fingerprint, now() - _DEAD_AFTER
    )
    if first is not None:
        return _again(first, fingerprint)

    def keep(answer: Response | None) -> None:
        with database.session() as session:
            if answer is None or answer.status_code >= 500:
                idempotency.release(session, account_id, key)
                return
            headers = {k: v for k, v in answer.headers.items() if k in _KEPT_HEADERS}
            idempotency.answered(
                session, account_id, key, answer.status_code, headers, bytes(answer.body)
            )

    answer = None
    try:
        answer = await handle(request)
    finally:
        await run_in_threadpool(keep, answer)
    return answer


def _again(first: IdempotencyRow, fingerprint: str) -> Response:
    if first.fingerprint != fingerprint:
        raise Refusal("cle-reutilisee", "Cette clé d’idempotence a servi à une autre requête.")
    if first.status is None:
        raise Refusal("en-cours", "La même requête est encore en cours : recommencer plus tard.")
    return Response(
        first.body, first.status, headers={**first.headers, "Idempotency-Replayed": "true"}
    )


def _fingerprint(request: Request, body: bytes) -> str:
    said = hashlib.sha256()
    for part in (request.method.encode(), str(request.url.path).encode(),
                 str(request.url.query).encode(), body):  # fmt: skip
        said.update(len(part).to_bytes(8, "big") + part)
    return said.hexdigest()


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


def _asking(request: Request) -> Present | None:
    """Who asks; whether they may is for the route to say."""
    database = _house(request).database
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return people.by_key(database, key.strip())
    cookie = request.cookies.get(COOKIE)
    return people.by_cookie(database, cookie) if cookie else None
