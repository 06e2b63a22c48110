"""The door before every page: players to their game, case officers to theirs, and nobody else to either.

A players' page is open to all. The other pages are open on the machine itself, and from other machines with the password of the
administrator. A device that plays stays out of them, so that no link from a player's page leads to a case.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from classifier.play import HOME as PLAYERS_PATH
from classifier.play.routes import COOKIE as PLAYER_COOKIE
from classifier.ui.address import is_loopback
from classifier.ui.door_pages import LOGIN_PATH, PASSWORD_FIELD, WANTED_FIELD, closed_page, login_page, plays_page
from classifier.ui.lock import PASS_SECONDS, configured_lock

PASS_COOKIE = "ek_personal"
HEALTH_PATH = "/_stcore/health"
OPEN_PATH = re.compile(rf"{re.escape(HEALTH_PATH)}|{PLAYERS_PATH}(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?")
"""Plain names only: nothing encoded, no empty step, none that begins with a point."""
LOCAL_TARGET = re.compile(r"/(?!/)[!-\[\]-~]{0,2000}")
"""A path with its query in printable ASCII; neither ``//host`` nor a backslash, which browsers read as a slash."""
FORWARDING = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip"})
LONGEST_FORM = 8_000
MOST_FIELDS = 10
WRONG_PASSWORD_DELAY = 0.5  # seconds: guessing passwords is slow work
POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def is_open_path(path: str) -> bool:
    """Whether a path, decoded as the router matches it, is open to all."""
    return OPEN_PATH.fullmatch(path) is not None


def is_at_machine(client: str, hosts: Iterable[str], header_names: Iterable[str]) -> bool:
    """Whether a visitor sits at the machine itself.

    A proxy on the machine also calls from a loopback address, on behalf of anybody, and so does a browser there for a foreign page whose
    name was turned to this machine. So nothing may say that the call was passed on, and it must ask for the machine by a name of its own.

    Args:
        client: the address that the connection comes from; empty where it is not known.
        hosts: the values of the Host header.
        header_names: the names of all headers, in small letters.
    """
    hosts = tuple(hosts)
    passed_on = any(name in FORWARDING or name.startswith("x-forwarded") for name in header_names)
    return is_loopback(client) and bool(hosts) and all(_is_own_host(host) for host in hosts) and not passed_on


def local_target(wanted: str) -> str:
    """The path to go on to after logging in; the start page where what was asked for is no path of this server."""
    return wanted if LOCAL_TARGET.fullmatch(wanted) else "/"


class Door:
    """ASGI middleware that lets a visitor in or answers itself. Belongs before all other middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.lock = configured_lock()

    @classmethod
    def as_middleware(cls) -> Middleware:
        """The class as Starlette wants it."""
        return Middleware(cls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in; answer everything else."""
        if scope["type"] == "lifespan" or is_open_path(route_path(scope)):
            await self.app(scope, receive, send)
            return
        visitor = HTTPConnection(scope)
        plays = PLAYER_COOKIE in visitor.cookies
        is_login = scope["type"] == "http" and route_path(scope) == LOGIN_PATH
        if not plays and self._may_enter(visitor) and not is_login:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(POLICY_VIOLATION)(scope, receive, send)
        else:
            answer = _page(plays_page(), HTTPStatus.FORBIDDEN) if plays else await self._answer(Request(scope, receive), is_login)
            await answer(scope, receive, send)

    def _may_enter(self, visitor: HTTPConnection) -> bool:
        client = visitor.client.host if visitor.client else ""
        if is_at_machine(client, visitor.headers.getlist("host"), visitor.headers.keys()):
            return True
        return self.lock is not None and self.lock.takes(visitor.cookies.get(PASS_COOKIE, ""), time.time())

    async def _answer(self, request: Request, is_login: bool) -> Response:
        """What a visitor gets who is not let in, or who is at the page for logging in."""
        if is_login and self._may_enter(request):
            return RedirectResponse("/", HTTPStatus.SEE_OTHER, HEADERS)
        if self.lock is None:
            return _page(closed_page(), HTTPStatus.FORBIDDEN)
        if not is_login:
            return _page(login_page(_asked_for(request)), HTTPStatus.FORBIDDEN)
        if request.method in {"GET", "HEAD"}:
            return _page(login_page("/"))
        if request.method != "POST":
            return Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={**HEADERS, "Allow": "GET, HEAD, POST"})
        return await self._log_in(request)

    async def _log_in(self, request: Request) -> Response:
        assert self.lock is not None
        form = await read_form(request)
        if isinstance(form, Flaw):
            return _page(login_page("/", form.told), form.status)
        wanted, given = local_target(form.get(WANTED_FIELD, "/")), form.get(PASSWORD_FIELD, "")
        if not given:
            return _page(login_page(wanted, "Skriv lösenordet."), HTTPStatus.UNPROCESSABLE_ENTITY)
        if not self.lock.opens(given):
            await asyncio.sleep(WRONG_PASSWORD_DELAY)
            return _page(login_page(wanted, "Lösenordet stämmer inte. Försök igen."), HTTPStatus.FORBIDDEN)
        answer = RedirectResponse(wanted, HTTPStatus.SEE_OTHER, HEADERS)
        is_https = request.url.scheme == "https"
        answer.set_cookie(PASS_COOKIE, self.lock.new_pass(time.time()), PASS_SECONDS, secure=is_https, httponly=True, samesite="lax")
        return answer


@dataclass(frozen=True)
class Flaw:
    """Why a form could not be read, in Swedish, with the status to answer."""

    told: str
    status: HTTPStatus


NOT_A_FORM = Flaw("Lösenordet kom inte fram. Skriv det i fältet och tryck på Logga in.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
TOO_LONG = Flaw("Lösenordet är för långt. Skriv det igen.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
BROKEN = Flaw("Lösenordet kom inte fram. Försök igen.", HTTPStatus.BAD_REQUEST)


async def read_form(request: Request) -> Mapping[str, str] | Flaw:
    """The fields of a form that was sent, or why it cannot be read; no more of it is kept than ``LONGEST_FORM`` bytes and a piece."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return NOT_A_FORM
    body = bytearray()
    try:
        async for piece in request.stream():
            body.extend(piece)
            if len(body) > LONGEST_FORM:
                return TOO_LONG
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except (ClientDisconnect, ValueError):  # it broke off on the way, or has too many fields
        return BROKEN


def route_path(scope: Scope) -> str:
    """The path as Starlette's router matches it: decoded, without the root path of a server that mounts the app."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and (path + "/").startswith(root + "/") else path


def _is_own_host(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or is_loopback(name)


def _asked_for(request: Request) -> str:
    """The path that a page was asked for with, to come back to; the start page after anything but a visit."""
    if request.method != "GET":
        return "/"
    query = request.url.query
    return local_target(quote(request.scope["path"]) + (f"?{query}" if query else ""))


def _page(html: str, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    return HTMLResponse(html, status, HEADERS)
