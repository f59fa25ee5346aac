"""The data docs of a judgement: Great Expectations' page of the validation, made to open offline.

Its pages load styles, scripts and pictures from five hosts. A content policy forbids every request, what would make
one is taken out, and a few lines of style of our own are put in.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bpa_assets.event_log.quality.patterns import Issue

if TYPE_CHECKING:
    from bpa_assets.event_log.quality.suite import Judgement

_OUTSIDE = re.compile(
    r"<script\b.*?</script>|<style\b.*?</style>|<footer\b.*?</footer>|<link\b[^>]*>|<img\b[^>]*>|<a\b[^>]*\bhref=\"https?:[^>]*>.*?</a>",
    re.DOTALL | re.IGNORECASE,
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b1b1b }
table { border-collapse: collapse; width: 100% }
td, th { border: 1px solid #767676; padding: .3rem .6rem; text-align: left }
"""


def data_docs(judgement: "Judgement", issues: Sequence[Issue], *, title: str) -> str:
    """The page: what was found, with examples, then every expectation with its result."""
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    document = ValidationResultsPageRenderer().render(judgement.validation)
    view: Any = DefaultJinjaPageView()
    page = _OUTSIDE.sub("", view.render(document))
    head = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><style>{_STYLE}</style>'
    page = page.replace("<head>", f"<head>{head}", 1)
    return re.sub(r"<body[^>]*>", lambda body: body.group() + _found(issues, title), page, count=1)


def _found(issues: Sequence[Issue], title: str) -> str:
    from html import escape

    cells = [
        (one.severity, one.pattern.name, one.column, f"{one.rows:,} {one.pattern.unit}", one.told, _shown(one))
        for one in issues
    ]
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
    names = "".join(f"<th>{name}</th>" for name in ("Severity", "Pattern", "Column", "Found", "What", "Examples"))
    table = (
        f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>" if rows else "<p>Nothing was found.</p>"
    )
    return f"<h1>{escape(title)}</h1>{table}"


def _shown(issue: Issue) -> str:
    return "; ".join(f"{one.source_file}:{one.source_row} {one.value or ''}".strip() for one in issue.examples)
