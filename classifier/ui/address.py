"""The address that players type or scan: the page's own, where other devices can reach it."""

from __future__ import annotations

import base64
import io
import ipaddress
import os
import re
import socket
from html import escape
from urllib.parse import SplitResult, quote, urlsplit

import segno

from classifier.errors import StryktipsError
from classifier.play import HOME as PLAYERS_PATH

ADDRESS_VARIABLE = "EFFEKTKEDJA_ADDRESS"
HOST_NAME = re.compile(r"[a-z0-9._-]{1,253}")
OUTSIDE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses kept for documentation (RFC 5737, RFC 3849): the way to them is the way out of this machine."""


def players_address(page_url: str) -> str:
    """The address of the players' start page.

    Args:
        page_url: the address of the page that the leader has open; its scheme and port are kept.

    Returns:
        ``EFFEKTKEDJA_ADDRESS`` where it is set; else the host of the leader's page, or this machine's address in the network where that
        host means nothing to other devices. Always ends in ``/spela``.

    Raises:
        StryktipsError: when the variable, or else the page's address, is no address of a web server.
    """
    configured = os.environ.get(ADDRESS_VARIABLE, "").strip()
    if configured:
        parts = _web_address(configured)
        if parts is None or parts.path.rstrip("/") not in {"", PLAYERS_PATH} or parts.query or parts.fragment:
            example = "https://effektkedja.region.se, utan sökväg och utan å, ä och ö"
            raise StryktipsError(f"{ADDRESS_VARIABLE} ska vara en adress som {example}; nu står där ”{configured[:80]}”")
        return _joined(parts, parts.hostname or "")
    parts = _web_address(page_url)
    if parts is None:
        raise StryktipsError(f"sidans adress går inte att läsa; be administratören att sätta {ADDRESS_VARIABLE}")
    host = parts.hostname or ""
    return _joined(parts, (network_address() or host) if names_this_machine(host) else host)


def join_link(address: str, code: str) -> str:
    """The link that leads into a session.

    >>> join_link("http://192.168.1.20:8501/spela", "AB3X9")
    'http://192.168.1.20:8501/spela?kod=AB3X9'
    """
    return f"{address}?kod={quote(code, safe='')}"


def qr_svg(link: str) -> str:
    """The link as a QR code: an SVG, black on white, of no size of its own, with an accessible name in Swedish.

    Raises:
        StryktipsError: when the link is too long for a QR code.
    """
    try:
        code = segno.make_qr(link)
    except ValueError as error:
        raise StryktipsError(f"länken är för lång för en QR-kod; sätt en kortare adress i {ADDRESS_VARIABLE}") from error
    drawing = io.BytesIO()
    code.save(
        drawing, kind="svg", xmldecl=False, nl=False, border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return drawing.getvalue().decode().replace("<svg", f'<svg role="img" aria-label="{escape(_qr_name(link))}"', 1)


def qr_image(link: str) -> str:
    """The same as an HTML image that fills its place up to a point: Streamlit lets no inline SVG through.

    Raises:
        StryktipsError: when the link is too long for a QR code.
    """
    source = base64.b64encode(qr_svg(link).encode()).decode()
    return f'<img alt="{escape(_qr_name(link))}" src="data:image/svg+xml;base64,{source}" style="display:block;width:100%;max-width:34rem">'


def names_this_machine(host: str) -> bool:
    """Whether a host, as it stands in an address, means whatever machine it is said on.

    >>> names_this_machine("localhost"), names_this_machine("0.0.0.0"), names_this_machine("192.168.1.20")
    (True, True, False)
    """
    host = host.lower()
    return host == "localhost" or host.endswith(".localhost") or host in {"0.0.0.0", "::"} or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Whether a host is a loopback address: IPv4, IPv6, or IPv4 written as IPv6.

    >>> is_loopback("127.0.0.1"), is_loopback("::ffff:127.0.0.1"), is_loopback("127.0.0.1.example.org")
    (True, True, False)
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def network_address() -> str | None:
    """This machine's address in its network, or nothing where there is no network. Sends nothing."""
    for family, outside in OUTSIDE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((outside, 9))  # a datagram socket only looks up which way it would go
                found = str(probe.getsockname()[0])
        except OSError:
            continue
        if not names_this_machine(found):
            return found
    return None


def _qr_name(link: str) -> str:
    return f"QR-kod till {link}"


def _web_address(text: str) -> SplitResult | None:
    """The parts of an address with scheme, host and perhaps port; nothing where the text is none."""
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    sound = parts.scheme in {"http", "https"} and port != 0 and _is_host(parts.hostname or "")
    return parts if sound else None


def _is_host(text: str) -> bool:
    if ":" not in text:
        return HOST_NAME.fullmatch(text) is not None
    try:
        return ipaddress.IPv6Address(text).scope_id is None  # a scope names a network card of this machine, which others do not have
    except ValueError:
        return False


def _joined(parts: SplitResult, host: str) -> str:
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{'' if parts.port is None else f':{parts.port}'}{PLAYERS_PATH}"
