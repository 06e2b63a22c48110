"""A report as one web page: no scripts, nothing fetched, pictures as SVG in the page, everything from the data escaped."""

from __future__ import annotations

from html import escape

from classifier.report.parts import Figure, Grid, Report, Section
from classifier.report.pictures import svg

_STYLE = """
:root { color: #1d2a31; background: #fff; font: 1rem/1.55 'Source Sans', 'Segoe UI', Arial, 'Liberation Sans', sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0 1rem; }
h2 { font-size: 1.35rem; margin: 2.6rem 0 .6rem; padding-top: .8rem; border-top: 1px solid #c9d2d7; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: #14506b; }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid #1b5e7b; outline-offset: 2px; }
nav { background: #f4f6f7; border-radius: .4rem; padding: .8rem 1.2rem; margin: 1.2rem 0; }
nav ul { columns: 16rem; margin: .3rem 0 0; padding-left: 1.1rem; }
figure { margin: 1.2rem 0; }
figcaption, caption { color: #4a5960; font-size: .95rem; text-align: left; padding: .35rem 0; max-width: 46rem; }
caption { caption-side: top; }
.wide { overflow-x: auto; margin: 1.2rem 0; }
.wide svg { max-width: none; display: block; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; line-height: 1.4; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid #dde3e6; }
thead th { border-bottom: 2px solid #1b5e7b; }
tbody th { font-weight: 400; }
td { white-space: pre-line; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
@media print {
  :root { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  nav { display: none; }
  .wide { overflow: visible; }
  .wide svg { max-width: 100%; height: auto; }
  h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def as_html(report: Report) -> bytes:
    """The report as the bytes of a web page in UTF-8."""
    links = "".join(f'<li><a href="#d{number}">{escape(section.heading)}</a></li>' for number, section in enumerate(report.sections, 1))
    body = "\n".join(_section(section, number) for number, section in enumerate(report.sections, 1))
    page = f"""<!DOCTYPE html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(report.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<header><h1>{escape(report.title)}</h1></header>
<nav aria-label="Innehåll"><strong>Innehåll</strong><ul>{links}</ul></nav>
<main>
{body}
</main>
</body>
</html>
"""
    return page.encode("utf-8", errors="replace")


def _section(section: Section, number: int) -> str:
    parts = [f"<p>{escape(paragraph)}</p>" for paragraph in section.paragraphs]
    parts += [_figure(figure, f"b{number}-{place}") for place, figure in enumerate(section.figures, 1)]
    parts += [_grid(grid) for grid in section.grids]
    return f'<section aria-labelledby="d{number}">\n<h2 id="d{number}">{escape(section.heading)}</h2>\n{"".join(parts)}\n</section>'


def _figure(figure: Figure, name: str) -> str:
    """A picture that scrolls sideways in a narrow window, so that its text keeps its size."""
    caption = escape(figure.caption)
    drawn = _named(svg(figure.chart), figure, name)
    return f'<figure><div class="wide" tabindex="0" role="group" aria-label="{caption}">{drawn}</div><figcaption>{caption}</figcaption></figure>'


def _named(drawing: str, figure: Figure, name: str) -> str:
    """Give a drawing a title and a description, and hide its parts, so that it is one picture to those who hear it read."""
    start, content = drawing.removesuffix("</svg>").split(">", 1)
    words = f'<title id="{name}t">{escape(figure.caption)}</title><desc id="{name}b">{escape(figure.description)}</desc>'
    return f'{start} role="img" aria-labelledby="{name}t" aria-describedby="{name}b">{words}<g aria-hidden="true">{content}</g></svg>'


def _grid(grid: Grid) -> str:
    numeric = [column in grid.numeric for column in grid.columns]
    heads = "".join(f'<th scope="col"{_kind(number)}>{escape(column)}</th>' for column, number in zip(grid.columns, numeric, strict=True))
    rows = "\n".join(_row(row, numeric) for row in grid.rows)
    caption = escape(grid.caption)
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(row: tuple[str, ...], numeric: list[bool]) -> str:
    first, *others = row
    cells = "".join(f"<td{_kind(number)}>{escape(cell)}</td>" for cell, number in zip(others, numeric[1:], strict=True))
    return f'<tr><th scope="row"{_kind(numeric[0])}>{escape(first)}</th>{cells}</tr>'


def _kind(is_number: bool) -> str:
    return ' class="number"' if is_number else ""
