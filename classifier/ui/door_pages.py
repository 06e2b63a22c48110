"""What stands on the door: the pages for those who are not let in, plain HTML that needs no script."""

from __future__ import annotations

from html import escape

from classifier.play import HOME as PLAYERS_PATH
from classifier.ui.lock import PASSWORD_VARIABLE

LOGIN_PATH = "/logga-in"
PASSWORD_FIELD, WANTED_FIELD = "losenord", "till"

STYLE = """
body { margin: 0; background: #f4f6f7; color: #1d2a31; font: 1.0625rem/1.55 'Source Sans', 'Segoe UI', Arial, sans-serif; }
main { box-sizing: border-box; width: calc(100% - 2rem); max-width: 34rem; margin: 8vh auto; padding: 1.5rem; background: #fff; border: 1px solid #c9d2d7; border-radius: .4rem; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; }
a { color: #14506b; }
label { display: block; font-weight: 600; }
input { box-sizing: border-box; width: 100%; margin: .3rem 0; padding: .6rem; font: inherit; color: inherit; border: 1px solid #5b6b73; border-radius: .4rem; }
button { margin: .6rem 0; padding: .65rem 1.1rem; font: inherit; font-weight: 600; color: #fff; background: #1b5e7b; border: 0; border-radius: .4rem; cursor: pointer; }
:focus-visible { outline: 3px solid #14506b; outline-offset: 2px; }
input[aria-invalid] { border: 2px solid #a12622; }
.fel { margin: 0 0 .3rem; color: #a12622; font-weight: 600; }
"""

TO_PLAYERS = f'<p>Ska du vara med i en session? <a href="{PLAYERS_PATH}">Gå till sidan för spelare</a></p>'

LOCAL_PAGE = "<p>På den dator där programmet körs behövs inget lösenord: öppna sidan med en adress som börjar med http://localhost.</p>"


def plays_page() -> str:
    """For a device that plays: back to the game, or stop playing."""
    return _page(
        "Den här enheten spelar",
        f"""<p>Enheten är med i en session. Därför är handläggarnas sidor stängda på den.</p>
<p><a href="{PLAYERS_PATH}">Tillbaka till spelet</a></p>
<form method="post" action="{PLAYERS_PATH}/lamna"><button>Sluta spela på den här enheten</button></form>
<p>Det du har svarat finns kvar, och med din personliga kod kan du fortsätta senare.</p>""",
    )


def closed_page() -> str:
    """For another machine where no password is set: what the administrator must do."""
    return _page(
        "Sidan är stängd",
        f"""<p>Handläggarnas sidor går bara att öppna på den dator där programmet körs, med en adress som börjar med http://localhost.
För att öppna dem från andra datorer behöver administratören sätta ett lösenord i miljövariabeln {PASSWORD_VARIABLE} och starta om programmet.</p>
{TO_PLAYERS}""",
    )


def login_page(wanted: str, error: str = "") -> str:
    """The form for the password.

    Args:
        wanted: the path to go on to.
        error: what was wrong with what was sent, in Swedish; shown beside the field.
    """
    invalid = ' aria-invalid="true" aria-describedby="fel"' if error else ""
    told = f'<p class="fel" id="fel" role="alert">{escape(error)}</p>' if error else ""
    return _page(
        "Logga in",
        f"""<p>Handläggarnas sidor är låsta. Lösenordet får du av administratören.</p>
<form method="post" action="{LOGIN_PATH}">
<label for="{PASSWORD_FIELD}">Lösenord</label>
{told}
<input id="{PASSWORD_FIELD}" name="{PASSWORD_FIELD}" type="password" autocomplete="current-password" required autofocus{invalid}>
<input type="hidden" name="{WANTED_FIELD}" value="{escape(wanted)}">
<button>Logga in</button>
</form>
{LOCAL_PAGE}
{TO_PLAYERS}""",
        flaw="Fel: " if error else "",
    )


def _page(title: str, content: str, flaw: str = "") -> str:
    return f"""<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{flaw}{title} – Effektkedjeassistenten</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""
