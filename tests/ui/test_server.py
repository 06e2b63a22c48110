"""The page frame is Swedish however the browser asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import threading

import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from classifier.errors import StoreError
from classifier.ui import server
from classifier.ui.server import SwedishPage, purge_sessions

FRAME = '<html lang="en"><head><title>Streamlit</title></head>' + "x" * 2_000 + "</html>"


@pytest.fixture
def client() -> TestClient:
    async def page(_request: Request) -> HTMLResponse:
        return HTMLResponse(FRAME)

    async def data(_request: Request) -> JSONResponse:
        return JSONResponse({"html": '<html lang="en"'})

    inner = Starlette(routes=[Route("/data", data), Route("/{path:path}", page)])
    inner.add_middleware(GZipMiddleware)
    return TestClient(SwedishPage(inner))


@pytest.mark.parametrize("path", ["/", "/arenden"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_server_page_frame_is_swedish(client: TestClient, path: str, encoding: str) -> None:
    answer = client.get(path, headers={"accept": "text/html,*/*", "accept-encoding": encoding})
    assert answer.text.startswith('<html lang="sv"><head><title>Effektkedjeassistenten</title>')
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_server_other_answers_are_left_alone(client: TestClient) -> None:
    assert client.get("/data").json() == {"html": '<html lang="en"'}


def test_server_compressed_data_stays_compressed() -> None:
    async def data(_request: Request) -> JSONResponse:
        return JSONResponse({"text": "x" * 5_000})

    inner = Starlette(routes=[Route("/", data)])
    inner.add_middleware(GZipMiddleware)
    answer = TestClient(SwedishPage(inner)).get("/", headers={"accept": "application/json", "accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.content)) < 5_000
    assert answer.json() == {"text": "x" * 5_000}


def test_server_purges_old_sessions_again_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    purged: list[str] = []

    class Games:
        def purge(self) -> int:
            purged.append("försök")
            if len(purged) == 1:
                raise StoreError("databasen svarade inte")
            return 0

    class Players:
        games = Games()

    async def look_twice() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(purge_sessions(), 0.5)

    monkeypatch.setattr(server, "open_players", Players)
    monkeypatch.setattr(server, "PURGE_EVERY", 0.01)
    thread = threading.Thread(target=lambda: asyncio.run(look_twice()))  # a browser test may have left a loop running in this one
    thread.start()
    thread.join(20)
    assert len(purged) > 1
