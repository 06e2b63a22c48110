"""Players get an address that their devices can reach, and a QR code that leads there."""

from __future__ import annotations

import base64
import re
import socket
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import EffektkedjaError, StryktipsError
from classifier.play import routes
from classifier.ui import address
from classifier.ui.address import (
    ADDRESS_VARIABLE,
    PLAYERS_PATH,
    is_loopback,
    join_link,
    names_this_machine,
    players_address,
    qr_image,
    qr_svg,
)

NETWORK = "192.168.1.20"
SVG = "{http://www.w3.org/2000/svg}"
LINK = "http://192.168.1.20:8501/spela?kod=AB3X9"


@pytest.fixture(autouse=True)
def _in_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS_VARIABLE, raising=False)
    monkeypatch.setattr(address, "network_address", lambda: NETWORK)


def test_address_path_is_that_of_the_players_pages() -> None:
    assert PLAYERS_PATH == routes.HOME


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("http://localhost:8501/arenden?signatur=ab", "http://192.168.1.20:8501/spela"),
        ("http://LOCALHOST:8501", "http://192.168.1.20:8501/spela"),
        ("http://127.0.0.1:8501/", "http://192.168.1.20:8501/spela"),
        ("http://[::1]:8501/", "http://192.168.1.20:8501/spela"),
        ("http://0.0.0.0:8501/", "http://192.168.1.20:8501/spela"),
        ("https://localhost/", "https://192.168.1.20/spela"),
        ("http://10.0.0.7:8501/assistent", "http://10.0.0.7:8501/spela"),
        ("https://Effektkedja.region.se/assistent#x", "https://effektkedja.region.se/spela"),
        ("http://[2001:db8::7]:8501/", "http://[2001:db8::7]:8501/spela"),
        ("http://leaders-dator:8501/", "http://leaders-dator:8501/spela"),
    ],
)
def test_address_follows_the_leaders_page(page: str, expected: str) -> None:
    assert players_address(page) == expected


def test_address_without_network_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "network_address", lambda: None)
    assert players_address("http://localhost:8501/") == "http://localhost:8501/spela"
    assert players_address("http://[::1]:8501/") == "http://[::1]:8501/spela"


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ("https://effektkedja.region.se", "https://effektkedja.region.se/spela"),
        (" https://effektkedja.region.se/ ", "https://effektkedja.region.se/spela"),
        ("https://effektkedja.region.se/spela/", "https://effektkedja.region.se/spela"),
        ("http://localhost:9000", "http://localhost:9000/spela"),
    ],
)
def test_address_of_the_administrator_comes_first(monkeypatch: pytest.MonkeyPatch, configured: str, expected: str) -> None:
    monkeypatch.setenv(ADDRESS_VARIABLE, configured)
    assert players_address("http://10.0.0.7:8501/") == expected
    assert players_address("ingen adress") == expected


@pytest.mark.parametrize(
    "configured",
    [
        "effektkedja.region.se",
        "ftp://effektkedja.region.se",
        "https://",
        "https://effektkedja.region.se:99999",
        "https://effektkedja.region.se:0",
        "https://effektkedja.region.se/app",
        "https://effektkedja.region.se/?kod=A",
        "https://[::1",
        "https://[fe80::1%eth0]",
        "https://[localhost]",
        "https://en två",
        "https://örebro.se",
        'https://x"onload="alert(1)',
        "https://" + "a" * 300,
    ],
)
def test_address_malformed_variable_is_said(monkeypatch: pytest.MonkeyPatch, configured: str) -> None:
    monkeypatch.setenv(ADDRESS_VARIABLE, configured)
    with pytest.raises(StryktipsError, match=ADDRESS_VARIABLE) as caught:
        players_address("http://localhost:8501/")
    assert len(str(caught.value)) < 260


@given(st.text() | st.from_regex(r"https?://[^/]{0,30}(:\d{0,6})?/.*"))
def test_address_is_always_whole_or_refused(page: str) -> None:
    try:
        found = players_address(page)
    except EffektkedjaError as error:
        assert ADDRESS_VARIABLE in str(error)
    else:
        assert re.fullmatch(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?/spela", found)


def test_address_link_carries_the_code() -> None:
    assert join_link("http://192.168.1.20:8501/spela", "AB3X9") == LINK


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_address_link_carries_any_code(code: str) -> None:
    found = urlsplit(join_link("http://192.168.1.20:8501/spela", code))
    assert (found.netloc, found.path, found.fragment) == ("192.168.1.20:8501", "/spela", "")
    assert parse_qs(found.query, keep_blank_values=True) == {"kod": [code]}


def test_address_qr_has_a_name_and_a_shape_of_its_own() -> None:
    drawing = ElementTree.fromstring(qr_svg(LINK))
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label") == f"QR-kod till {LINK}"
    assert drawing.get("viewBox")
    assert drawing.get("width") is None


def test_address_qr_image_holds_the_drawing() -> None:
    image = ElementTree.fromstring(qr_image(LINK).removesuffix(">") + "/>")
    assert image.get("alt") == f"QR-kod till {LINK}"
    source = image.get("src", "").removeprefix("data:image/svg+xml;base64,")
    assert base64.b64decode(source).decode() == qr_svg(LINK)
    assert "<script" not in qr_image('http://x/"><script>')


def test_address_qr_is_black_on_white_with_a_quiet_zone_and_holds_the_link() -> None:
    drawing, code = ElementTree.fromstring(qr_svg(LINK)), segno.make_qr(LINK)
    light, dark = drawing.iter(f"{SVG}path")
    side = code.symbol_size(border=4)[0]
    assert drawing.get("viewBox") == f"0 0 {side} {side}"
    assert light.get("fill") == "#fff"
    assert dark.get("stroke") == "#000"
    assert dark.get("d", "").startswith("M4 4.5h7")  # the first corner mark, four modules in
    runs = sum(int(length) for length in re.findall(r"h(\d+)", dark.get("d", "")))
    assert runs == sum(sum(row) for row in code.matrix)


def test_address_qr_escapes_its_name() -> None:
    link = 'http://x/spela?kod="><script>alert(1)</script>'
    drawing = qr_svg(link)
    assert "<script" not in drawing
    assert unescape(ElementTree.fromstring(drawing).get("aria-label", "")) == f"QR-kod till {link}"


def test_address_qr_of_too_long_a_link_is_said() -> None:
    with pytest.raises(StryktipsError, match=ADDRESS_VARIABLE):
        qr_svg("http://x/" + "å" * 4_000)


@given(st.ip_addresses())
def test_address_loopback_is_what_never_leaves_the_machine(host: Any) -> None:
    mapped = getattr(host, "ipv4_mapped", None)  # older Pythons do not count IPv4 loopback written as IPv6
    assert is_loopback(str(host)) == (mapped or host).is_loopback


@given(st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_address_loopback_is_found_however_it_is_written(host: Any) -> None:
    assert is_loopback(str(host))
    assert is_loopback(f"::ffff:{host}")
    assert names_this_machine(str(host))


@pytest.mark.parametrize(
    "host", ["", "example.org", "127.0.0.1.example.org", "localhost.example.org", "192.168.1.20", "::ffff:10.0.0.7", "1"]
)
def test_address_other_hosts_are_others(host: str) -> None:
    assert not is_loopback(host)
    assert not names_this_machine(host)


def test_address_of_the_machine_is_looked_up_without_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    sent: list[Any] = []
    for name in ("send", "sendto", "sendmsg", "sendall"):
        monkeypatch.setattr(socket.socket, name, lambda *arguments: sent.append(arguments), raising=False)
    found = address.network_address()
    assert sent == []
    assert found is None or not names_this_machine(found)


def test_address_of_a_machine_without_network_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    def unreachable(*_: Any) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert address.network_address() is None
