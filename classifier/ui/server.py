"""What surrounds the pages: warming up before the first visitor, and a Swedish page frame."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classifier.assistant import ProjectText
from classifier.errors import EffektkedjaError
from classifier.services import open_players, open_services

PURGE_EVERY = 3600.0
"""Seconds between looks for sessions whose time is out."""
WARM_UP = "Föreningen bygger en brygga så att fler besökare kan komma till ön."
FRAME = {
    b'<html lang="en"': b'<html lang="sv"',
    b"<title>Streamlit</title>": b"<title>Effektkedjeassistenten</title>",
    b"You need to enable JavaScript to run this app.": "Sidan behöver JavaScript för att fungera.".encode(),
}
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Open the model before the first visitor, then take everything loaded out of the garbage collector's rounds.

    Streamlit collects garbage after every run of a page; without the freeze it walks all of pandas and spaCy each time.
    """
    try:
        open_services().assistant.suggest([ProjectText(WARM_UP)])
    except EffektkedjaError as error:
        logging.getLogger(__name__).warning("%s", error)  # the page says the same to whoever opens it
    gc.collect()
    gc.freeze()
    purging = asyncio.create_task(purge_sessions())
    yield
    purging.cancel()


async def purge_sessions() -> None:
    """Delete sessions of the stryktips when their time is out, now and every hour."""
    while True:
        try:
            await asyncio.to_thread(open_players().games.purge)
        except EffektkedjaError as error:
            logging.getLogger(__name__).warning("%s", error)
        await asyncio.sleep(PURGE_EVERY)


class SwedishPage:
    """Serves Streamlit's page frame as Swedish: it says ``lang="en"``, which makes a screen reader read Swedish as English."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    @classmethod
    def as_middleware(cls) -> Middleware:
        """The class as Starlette wants it."""
        return Middleware(cls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on; hold back an HTML answer until it is whole, then change its frame."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if _wants_html(scope):  # an answer that is compressed cannot be changed, and the frame is small
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]}
        start: Message | None = None
        body = bytearray()

        async def changed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
                if _is_html(message):
                    start = message
                    return
            elif message["type"] == "http.response.body" and start is not None:
                body.extend(message.get("body", b""))
                if message.get("more_body"):
                    return
                whole = bytes(body)
                for english, swedish in FRAME.items():
                    whole = whole.replace(english, swedish)
                start["headers"] = [
                    (name, str(len(whole)).encode() if name.lower() == b"content-length" else value) for name, value in start["headers"]
                ]
                await send(start)
                message = {"type": "http.response.body", "body": whole}
            await send(message)

        await self.app(scope, receive, changed)


def _wants_html(scope: Scope) -> bool:
    return any(name.lower() == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _is_html(message: Message) -> bool:
    headers = {name.lower(): value for name, value in message["headers"]}
    return headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers
