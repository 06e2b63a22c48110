"""The routes that players' devices call, all under ``/spela``: join, play, go on at another device.

What a device may see and do is decided here and in the store, never on the device. A device is known by a cookie that only this server
can make; the person's text goes to the database alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from classifier.errors import EffektkedjaError, StoreError, StryktipsError
from classifier.play import HOME
from classifier.play.view import view_of
from classifier.services import open_players
from classifier.store.games import Game, plain_code
from classifier.store.players import LONGEST_NAME, PERSONAL_LENGTH, Joined, LockedError, Pulse
from classifier.stryktips.course import Step, may_join
from classifier.stryktips.crosses import Crosses

FOLDER = Path(__file__).parent
COOKIE = "ek_spelare"
REMEMBERED = 14 * 24 * 3600  # seconds: a session may have its second half another day
LONGEST_BODY = 100_000
WRONG_CODE_DELAY = 0.4  # seconds: guessing codes is slow work
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
Handler = Callable[[Request], Awaitable[Response]]


def explained(handler: Handler) -> Handler:
    """Answer an expected error with its sentence: as JSON to the page's script, else as a page."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except LockedError as error:
            return JSONResponse({"fel": str(error)}, 409, HEADERS)
        except EffektkedjaError as error:
            status = 503 if isinstance(error, StoreError) else 422  # a device tries again what failed in the store
            if _is_script(request):
                return JSONResponse({"fel": str(error)}, status, HEADERS)
            return _page("kod.html", status, fel=str(error), kod="")

    return answer


@explained
async def start(request: Request) -> Response:
    """The code form, the join form, or the game, by the code in the address and the device's cookie."""
    code = plain_code(request.query_params.get("kod", ""))
    player = await _player(request)
    game = await run_in_threadpool(_game_for, code, player)
    if game is None:
        if not code:
            return _page("kod.html", kod="")
        await asyncio.sleep(WRONG_CODE_DELAY)
        return _page("kod.html", 404, kod=code, fel=f"Det finns ingen session med koden {code}. Se efter på skärmen och skriv koden igen.")
    if player is None or player.game_id != game.id:
        if not may_join(game.state.step):
            return _page("kod.html", 410, kod="", fel=f"Sessionen {game.title} är avslutad. Fråga ledaren om en ny kod.")
        return _join_page(game)
    if code != game.code:
        return _into(game)
    return HTMLResponse(await run_in_threadpool(_render_game, player, game, "spel.html"), headers=HEADERS)


@explained
async def join(request: Request) -> Response:
    """Let a player in by the form that the join page has; the same form sent twice makes one player."""
    form = await _form(request)
    game = await run_in_threadpool(open_players().games.find, form["kod"])
    if game is None:
        await asyncio.sleep(WRONG_CODE_DELAY)
        return _page("kod.html", 404, kod=form["kod"][:12], fel="Koden stämmer inte längre. Se efter på skärmen och skriv koden igen.")
    is_group = form["som"] == "grupp"
    token = form["formular"] or secrets.token_urlsafe(16)
    try:
        player = await run_in_threadpool(
            lambda: open_players().join(game.id, form["namn"], token, team="" if is_group else form["grupp"], is_group=is_group)
        )
    except StoreError:
        raise
    except EffektkedjaError as error:
        return _join_page(
            game, 422, fel=str(error), namn=form["namn"][:LONGEST_NAME], grupp=form["grupp"][:LONGEST_NAME], som=form["som"], formular=token
        )
    return _remember(request, _into(game), player)


@explained
async def come_back(request: Request) -> Response:
    """Go on as the player with a personal code, on whatever device."""
    form = await _form(request)
    game = await run_in_threadpool(open_players().games.find, form["kod"])
    player = await run_in_threadpool(open_players().come_back, game.id, form["personlig"]) if game else None
    if game is None or player is None:
        await asyncio.sleep(WRONG_CODE_DELAY)
        told = f"Den personliga koden stämmer inte. Den har {PERSONAL_LENGTH} tecken och står på sidan där du spelade."
        return _join_page(game, 422, fel_kod=told) if game else _page("kod.html", 404, kod="", fel="Koden stämmer inte längre.")
    return _remember(request, _into(game), player)


async def leave(_request: Request) -> Response:
    """Forget on this device who plays; the player and the marks stay, and the personal code leads back."""
    response = RedirectResponse(HOME, 303, HEADERS)
    response.delete_cookie(COOKIE)
    return response


@explained
async def pulse(request: Request) -> Response:
    """Whether anything has changed: what a device asks every few seconds."""
    player = await _player(request, request.query_params.get("spelare"))
    beat = await run_in_threadpool(open_players().pulse, player) if player else None
    return _unknown() if beat is None else JSONResponse(_beat(beat), headers=HEADERS)


@explained
async def look(request: Request) -> Response:
    """What the player may see now, as a piece of the page."""
    player = await _player(request, request.query_params.get("spelare"))
    game = await run_in_threadpool(open_players().games.get, player.game_id) if player else None
    if player is None or game is None:
        return _unknown()
    return HTMLResponse(await run_in_threadpool(_render_game, player, game, "vy.html"), headers=HEADERS)


@explained
async def mark(request: Request) -> Response:
    """Save the crosses of a row, and say that they are saved."""
    data = await _json(request)
    player = await _player(request, data.get("spelare"))
    row, written, round_number = data.get("rad"), data.get("kryss"), data.get("runda")
    if player is None:
        return _unknown()
    if not _is_whole(row) or not isinstance(written, str) or len(written) > 400 or round_number not in (1, 2):
        return JSONResponse({"fel": "Krysset kunde inte läsas; ladda om sidan."}, 400, HEADERS)
    changes = await run_in_threadpool(lambda: open_players().mark(player, row, Crosses.parse(written), round_number))
    return JSONResponse({"kryss": changes, "sparat": written}, headers=HEADERS)


@explained
async def write(request: Request) -> Response:
    """Save a reason, or an answer to a question for reflection."""
    data = await _json(request)
    player = await _player(request, data.get("spelare"))
    kind, number, text = data.get("slag"), data.get("nr"), data.get("text")
    if player is None:
        return _unknown()
    if not isinstance(kind, str) or not _is_whole(number) or not isinstance(text, str):
        return JSONResponse({"fel": "Texten kunde inte läsas; ladda om sidan."}, 400, HEADERS)
    await run_in_threadpool(open_players().write, player, kind, number, text)
    return JSONResponse({"sparat": True}, headers=HEADERS)


async def asset(request: Request) -> Response:
    """The page's style and script; their addresses change with their contents, so a device may keep them."""
    name = request.path_params["namn"]
    if name not in _assets():  # such as the address of a form, when a phone opens it again
        return RedirectResponse(HOME, 303, HEADERS)
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return Response(_assets()[name], media_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"})


def routes() -> list[Route]:
    """All routes of the players' pages."""
    return [
        Route(HOME, start),
        Route(f"{HOME}/ga-med", join, methods=["POST"]),
        Route(f"{HOME}/tillbaka", come_back, methods=["POST"]),
        Route(f"{HOME}/lamna", leave, methods=["POST"]),
        Route(f"{HOME}/lage", pulse),
        Route(f"{HOME}/vy", look),
        Route(f"{HOME}/kryss", mark, methods=["POST"]),
        Route(f"{HOME}/skriv", write, methods=["POST"]),
        Route(f"{HOME}/{{namn:path}}", asset),
    ]


async def _player(request: Request, claimed: object = None) -> Joined | None:
    """The player whose device calls; nothing when its page was opened by another, who came in on the same device before or in another tab."""
    token = request.cookies.get(COOKIE)
    player = await run_in_threadpool(open_players().recognise, token) if token else None
    return player if player is None or claimed in (None, player.code) else None


def _game_for(code: str, player: Joined | None) -> Game | None:
    """The session with the code; without a code the one that the device is in."""
    games = open_players().games
    return games.find(code) if code else games.get(player.game_id) if player else None


def _render_game(player: Joined, game: Game, template: str) -> str:
    players = open_players()
    beat = players.pulse(player) or Pulse(game.revision, 0, None)
    view = view_of(players, player, game, beat.changes, beat.seconds_left)
    return _templates().get_template(template).render(vy=view, Step=Step, adress=HOME, version=_version())


def _join_page(game: Game, status: int = 200, **values: str) -> Response:
    values = {"formular": secrets.token_urlsafe(16), "som": "person"} | values
    return _page("gamed.html", status, titel=game.title, kod=game.code, langsta=str(LONGEST_NAME), **values)


def _page(template: str, status: int = 200, **values: str) -> Response:
    made = _templates().get_template(template).render(adress=HOME, version=_version(), **values)
    return HTMLResponse(made, status, HEADERS)


def _into(game: Game) -> Response:
    return RedirectResponse(f"{HOME}?kod={game.code}", 303, HEADERS)


def _remember(request: Request, response: Response, player: Joined) -> Response:
    response.set_cookie(COOKIE, player.token, REMEMBERED, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


def _unknown() -> Response:
    return JSONResponse({"fel": "Den här enheten är inte med i sessionen längre. Gå med igen."}, 401, HEADERS)


def _beat(beat: Pulse) -> dict[str, Any]:
    left = None if beat.seconds_left is None else round(beat.seconds_left, 1)
    return {"steg": beat.revision, "kryss": beat.changes, "kvar": left}


def _is_script(request: Request) -> bool:
    return request.url.path in {f"{HOME}/{name}" for name in ("lage", "vy", "kryss", "skriv")}


def _is_whole(value: object) -> TypeGuard[int]:
    """Whether a value out of JSON is a whole number; Python counts true and false as such."""
    return isinstance(value, int) and not isinstance(value, bool)


async def _body(request: Request) -> bytes:
    """The request's body; empty when the device broke off.

    Raises:
        StryktipsError: when it is longer than any honest one.
    """
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LONGEST_BODY:
                raise StryktipsError("det du skrev är för långt; korta det och försök igen")
    except ClientDisconnect:
        return b""
    return body


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form; empty where they are missing."""
    try:
        fields = parse_qs((await _body(request)).decode("utf-8", errors="replace"), max_num_fields=20)
    except ValueError:  # more fields than any form has
        fields = {}
    return {name: fields.get(name, [""])[0] for name in ("kod", "namn", "grupp", "som", "formular", "personlig")}


async def _json(request: Request) -> Mapping[str, Any]:
    """The object in a JSON body; empty when it is none. Another kind of content is refused, for another site could send it."""
    body = await _body(request)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return {}
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):  # a few thousand brackets are enough for the second
        return {}
    return data if isinstance(data, dict) else {}


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _assets() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (FOLDER / "static").iterdir()}


@cache
def _version() -> str:
    return hashlib.sha256(b"".join(_assets()[name] for name in sorted(_assets()))).hexdigest()[:12]
