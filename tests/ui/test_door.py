"""Nobody comes past the door who should not, and whoever is kept out is told why."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette._utils import get_route_path
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from classifier.play.routes import COOKIE as PLAYER_COOKIE
from classifier.ui import door
from classifier.ui.door import LONGEST_FORM, PASS_COOKIE, Door, is_at_machine, is_open_path, local_target, route_path
from classifier.ui.door_pages import LOGIN_PATH
from classifier.ui.lock import PASS_SECONDS, PASSWORD_VARIABLE, lock_for

ROOT = Path(__file__).parents[2]
PASSWORD = "åtta små grisar"
ELSEWHERE, LOOPBACK = "192.168.1.77", "127.0.0.1"
SECRET = "ett ärende"
CLOSED_PATHS = ["/", "/arenden", "/_stcore/host-config", "/static/js/main.js", "/media/x.xlsx", "/logga-in/x", "/spelare"]
TRICKS = [
    "/spela/../arenden",
    "/spela/..",
    "/spela/./arenden",
    "/spela//arenden",
    "//spela",
    "/SPELA",
    "/Spela/x",
    "/spela\\..\\arenden",
    "/spela/%2e%2e/arenden",
    "/spela/..;/arenden",
    "/spela;x",
    "/spela\x00",
    "/spela\n",
    "/spela/å",
    "/spela ",
    "spela",
    "/_stcore/health/",
    "/_stcore/health/../stream",
    "/_stcore/Health",
    "/x/_stcore/health",
    "/spela?x",
    "/spela／x",
    "http://x/spela",
    "",
]
Client = Callable[..., TestClient]


async def everything(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{SECRET} {len(await request.body())}")


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(SECRET)
    await socket.close()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(door, "WRONG_PASSWORD_DELAY", 0.05)

    def made(address: str = ELSEWHERE, password: str = "", url: str = "http://192.168.1.20:8501", **settings: Any) -> TestClient:
        monkeypatch.setenv(PASSWORD_VARIABLE, password)
        methods = ["GET", "POST", "PUT"]
        inner = Starlette(routes=[WebSocketRoute("/{path:path}", talk), Route("/{path:path}", everything, methods=methods)])
        return TestClient(Door(inner), base_url=url, client=(address, 50_000), follow_redirects=False, **settings)

    return made


def at_machine(client: Client, **settings: Any) -> TestClient:
    return client(LOOPBACK, url="http://localhost:8501", **settings)


def came_in(client: TestClient, path: str = "/") -> bool:
    answer = client.get(path)
    assert answer.status_code in {200, 403}
    assert (SECRET in answer.text) == (answer.status_code == 200)
    try:
        with client.websocket_connect(urljoin(str(client.base_url).replace("http", "ws", 1), path)) as socket:
            assert socket.receive_text() == SECRET
            heard = True
    except WebSocketDisconnect as closed:
        assert closed.code == 1008
        heard = False
    assert heard == (answer.status_code == 200)
    return heard


# the rules


@pytest.mark.parametrize("path", ["/spela", "/spela/", "/spela/ga-med", "/spela/spel.css", "/spela/a/b-c/d_1.js", "/_stcore/health"])
def test_door_open_paths(path: str) -> None:
    assert is_open_path(path)


@pytest.mark.parametrize("path", [*CLOSED_PATHS, *TRICKS])
def test_door_no_other_path_is_open(path: str) -> None:
    assert not is_open_path(path)


@given(st.text(st.sampled_from("/.spela%2e\\;?#å \x00SPEL"), max_size=20).map("/spela".__add__) | st.text())
def test_door_open_path_is_plain(path: str) -> None:
    if is_open_path(path):
        first, *rest = path.removesuffix("/")[1:].split("/")
        assert first == "spela"
        assert not {"", ".", ".."} & set(rest)
        assert quote(path) == path
        assert urlsplit(urljoin("http://x/", path)).path == path


@given(st.text(st.sampled_from("/ab"), max_size=6), st.text(st.sampled_from("/ab"), max_size=4))
def test_door_path_is_that_of_the_router(path: str, root: str) -> None:
    scope = {"path": path, "root_path": root}
    assert route_path(scope) == get_route_path(scope)
    assert route_path({"path": path}) == path


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501", "app.localhost:80"])
def test_door_machine_itself(client: str, host: str) -> None:
    assert is_at_machine(client, [host], ["host", "accept", "cookie", "origin"])


@given(st.ip_addresses().filter(lambda address: not (getattr(address, "ipv4_mapped", None) or address).is_loopback).map(str) | st.text())
def test_door_other_machines_are_others(client: str) -> None:
    assert not is_at_machine(client, ["localhost"], ["host"])


@pytest.mark.parametrize(
    "header",
    ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host", "x-forwarded-proto", "via", "cf-connecting-ip", "true-client-ip"],
)
def test_door_passed_on_is_not_the_machine(header: str) -> None:
    assert not is_at_machine(LOOPBACK, ["localhost"], ["host", header])


@pytest.mark.parametrize(
    "hosts", [[], [""], ["effektkedja.region.se"], ["localhost.example.org"], ["192.168.1.20:8501"], ["[::1"], ["localhost", "example.org"]]
)
def test_door_foreign_name_is_not_the_machine(hosts: list[str]) -> None:
    assert not is_at_machine(LOOPBACK, hosts, ["host"])


@pytest.mark.parametrize("path", ["/", "/arenden", "/arenden?id=5&x=%C3%A5#a", "/a//b"])
def test_door_local_target_is_kept(path: str) -> None:
    assert local_target(path) == path


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "arenden",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "https://evil.example",
        "javascript:x",
        "/\t/evil",
        "/\n/x",
        "/å",
        "/" * 3_000,
    ],
)
def test_door_foreign_target_is_dropped(wanted: str) -> None:
    assert local_target(wanted) == "/"


@given(st.text() | st.text(st.sampled_from("/\\:.@ \t\n\rax"), max_size=12).map("/".__add__))
def test_door_target_never_leaves_the_server(wanted: str) -> None:
    seen = re.sub(r"[\t\r\n]", "", local_target(wanted).strip()).replace("\\", "/")  # as browsers read an address
    assert seen.startswith("/")
    assert urlsplit(urljoin("http://here:8501/logga-in", seen)).netloc == "here:8501"


# who comes in


@pytest.mark.parametrize("password", ["", PASSWORD])
@pytest.mark.parametrize("path", ["/spela", "/spela/ga-med", "/_stcore/health"])
def test_door_players_pages_are_open_to_all(client: Client, password: str, path: str) -> None:
    assert came_in(client(password=password), path)
    assert came_in(client(password=password, cookies={PLAYER_COOKIE: "x"}), path)


@pytest.mark.parametrize("password", ["", PASSWORD])
@pytest.mark.parametrize("path", CLOSED_PATHS)
def test_door_machine_itself_comes_in(client: Client, password: str, path: str) -> None:
    assert came_in(at_machine(client, password=password), path)


@pytest.mark.parametrize("password", ["", PASSWORD])
@pytest.mark.parametrize("path", CLOSED_PATHS)
def test_door_others_stay_outside(client: Client, password: str, path: str) -> None:
    assert not came_in(client(password=password), path)


@pytest.mark.parametrize(
    "trick", ["/spela/%2e%2e/arenden", "/spela/..%2farenden", "/spela//arenden", "/%73pela/%2e%2e", "/SPELA", "/spela%00"]
)
def test_door_tricks_with_the_path_fail(client: Client, trick: str) -> None:
    outside = client()
    request = outside.build_request("GET", "http://192.168.1.20:8501" + trick)
    answer = outside.send(request)
    assert (answer.status_code, SECRET in answer.text) == (403, False)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_door_header_makes_nobody_the_machine(client: Client, header: str) -> None:
    assert not came_in(client(headers={header: "127.0.0.1", "Host": "localhost"}))
    assert not came_in(at_machine(client, headers={header: "127.0.0.1"}))


@pytest.mark.parametrize("value", ["", "0", "nagot"])
def test_door_a_device_that_plays_gets_no_other_page(client: Client, value: str) -> None:
    passes = {PLAYER_COOKIE: value, PASS_COOKIE: lock_for(PASSWORD).new_pass(time.time())}
    for device in (client(cookies=passes, password=PASSWORD), at_machine(client, cookies=passes)):
        for path in (*CLOSED_PATHS, LOGIN_PATH):
            assert not came_in(device, path)
        page = device.get("/arenden").text
        assert 'href="/spela"' in page
        assert '<form method="post" action="/spela/lamna">' in page
        assert "spelar" in page
        assert device.post(LOGIN_PATH, data={"losenord": PASSWORD}).status_code == 403


def test_door_without_password_says_what_to_do(client: Client) -> None:
    answer = client().get("/arenden")
    assert answer.status_code == 403
    assert PASSWORD_VARIABLE in answer.text
    assert 'href="/spela"' in answer.text
    assert "<form" not in answer.text
    for method in ("GET", "POST", "PUT"):
        assert client().request(method, LOGIN_PATH, data={"losenord": ""}).status_code == 403


def test_door_blank_password_opens_nothing(client: Client) -> None:
    assert client(password="  ").post(LOGIN_PATH, data={"losenord": "  "}).status_code == 403


# logging in


def test_door_password_opens_for_twelve_hours(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = client(password=PASSWORD)
    page = outside.get("/arenden?id=5&x=å")
    assert page.status_code == 403
    assert '<html lang="sv">' in page.text
    assert '<label for="losenord">Lösenord</label>' in page.text
    assert "autofocus" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert 'name="till" value="/arenden?id=5&amp;x=%C3%A5"' in page.text

    answer = outside.post(LOGIN_PATH, data={"losenord": PASSWORD, "till": "/arenden?id=5"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/arenden?id=5")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(rf"ek_personal=\d+\.[0-9a-f]{{64}}; HttpOnly; Max-Age={PASS_SECONDS}; Path=/; SameSite=lax", cookie)
    assert PASSWORD not in cookie
    assert came_in(outside, "/arenden")
    assert outside.get(LOGIN_PATH).headers["location"] == "/"

    later = time.time() + PASS_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert not came_in(outside, "/arenden")


def test_door_cookie_is_secure_over_https(client: Client) -> None:
    answer = client(password=PASSWORD, url="https://effektkedja.region.se").post(LOGIN_PATH, data={"losenord": PASSWORD})
    assert answer.headers["location"] == "/"
    assert "; Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("wanted", ["//evil.example/x", "https://evil.example", "/\\evil.example", "/\t/evil.example"])
def test_door_redirects_nowhere_else(client: Client, wanted: str) -> None:
    answer = client(password=PASSWORD).post(LOGIN_PATH, data={"losenord": PASSWORD, "till": wanted})
    assert answer.headers["location"] == "/"
    page = client(password=PASSWORD).post(LOGIN_PATH, data={"losenord": "fel", "till": wanted})
    assert 'name="till" value="/"' in page.text


def test_door_wrong_password_is_slow_and_said_beside_the_field(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "WRONG_PASSWORD_DELAY", 0.3)
    outside, began = client(password=PASSWORD), time.monotonic()
    answer = outside.post(LOGIN_PATH, data={"losenord": f"{PASSWORD} ", "till": "/arenden"})
    assert time.monotonic() - began >= 0.3
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "Lösenordet stämmer inte" in answer.text
    assert 'id="fel" role="alert"' in answer.text
    assert 'aria-invalid="true" aria-describedby="fel"' in answer.text
    assert 'name="till" value="/arenden"' in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": {}}, 415),
        ({"data": {"till": "/"}}, 422),
        ({"data": {"losenord": ""}}, 422),
        ({"data": {"losenord": "x" * LONGEST_FORM}}, 413),
        ({"data": {"losenord": PASSWORD, **{f"f{number}": "x" for number in range(20)}}}, 400),
        ({"json": {"losenord": PASSWORD}}, 415),
        ({"files": {"losenord": b"x"}}, 415),
        ({"content": b"\xff\xfe&&=%zz&losenord=%ff", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 403),
    ],
)
def test_door_malformed_login_gets_a_clear_answer(client: Client, sent: dict[str, Any], status: int) -> None:
    answer = client(password=PASSWORD).post(LOGIN_PATH, **sent)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "Lösenord" in answer.text
    assert "set-cookie" not in answer.headers


def test_door_login_page_by_itself(client: Client) -> None:
    outside = client(password=PASSWORD)
    assert outside.get(LOGIN_PATH).status_code == 200
    assert 'role="alert"' not in outside.get(LOGIN_PATH).text
    assert (outside.put(LOGIN_PATH).status_code, outside.put(LOGIN_PATH).headers["allow"]) == (405, "GET, HEAD, POST")
    assert at_machine(client).get(LOGIN_PATH).headers["location"] == "/"


def form_of(message: Message) -> tuple[Any, int]:
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return message

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with ThreadPoolExecutor(1) as thread:  # a browser test may have left a loop running in this one
        return thread.submit(anyio.run, door.read_form, request).result(), taken


def test_door_endless_body_is_not_read_to_the_end() -> None:
    found, taken = form_of({"type": "http.request", "body": b"x" * 1_000, "more_body": True})
    assert found == door.TOO_LONG
    assert taken <= LONGEST_FORM / 1_000 + 1


def test_door_form_that_breaks_off_is_said() -> None:
    assert form_of({"type": "http.disconnect"})[0] == door.BROKEN


def test_door_pages_hold_nothing_that_was_sent(client: Client) -> None:
    outside = client(password=PASSWORD)
    for path in ('/"><script>alert(1)</script>', "/x?<script>"):
        assert "<script" not in outside.get(path).text
    assert "<script" not in outside.post(LOGIN_PATH, data={"losenord": "<script>", "till": "/<script>"}).text


def test_door_under_another_root_keeps_to_the_routers_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    inner = Door(Starlette(routes=[Route("/{path:path}", everything)]))
    outside = TestClient(Starlette(routes=[Mount("/spela", inner)]), client=(ELSEWHERE, 50_000))
    assert outside.get("/spela/arenden").status_code == 403
    assert outside.get("/spela/spela").status_code == 200


def test_door_comes_before_everything_else_in_the_app() -> None:
    script = "import app; print([item.cls.__name__ for item in app.app._user_middleware][0])"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split()[-1] == "Door"
