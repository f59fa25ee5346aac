r"""The one HTML file: the parts of `page/` with the data of a run, in a stated order.

Nothing in it can be fetched from anywhere, and no script but ours can run: a content policy names each of them by its
hash. The data lies in a script element of JSON, in which `<` is written `\u003c`; the page puts it on the screen as
text only.
"""

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

from bpa_assets.report.run_tables import Row

STYLES = (
    *("vendor/diagram-js.css", "vendor/bpmn-js.css", "diagram_colours.css", "colours.css", "style.css"),
    *("diagrams.css", "model_view.css", "process_map.css"),
)
LIBRARIES = ("vendor/bpmn-navigated-viewer.production.min.js", "vendor/dagre.min.js", "vendor/plotly-basic.min.js")
SCRIPTS = (
    *("wording.js", "page_elements.js", "saved_picture.js", "small_picture.js"),
    *("model_measures.js", "model_diagram.js", "model_details.js", "model_view.js"),
    *("process_map_projection.js", "process_map_positions.js", "process_map_layout.js", "process_map_drawing.js"),
    *("process_map_details.js", "pan_zoom.js", "process_map.js"),
    *("moments.js", "payload.js", "definitions.js", "tables.js", "activity_chips.js"),
    *("filter.js", "filter_bar.js", "cycle_times.js", "overview.js", "charts.js"),
    *(
        "bottlenecks.js",
        "factors.js",
        "case_list.js",
        "variants.js",
        "time.js",
        "conformance.js",
        "rule_marks.js",
        "rules.js",
        "simulation.js",
        "plan_changes.js",
        "plans.js",
        "actions.js",
        "quality.js",
        "provenance.js",
    ),
    *("theme.js", "main.js"),
)
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "connect-src 'none'; base-uri 'none'; form-action 'none'"
)


def libraries() -> list[dict[str, str]]:
    """Name, version and text of the licence of every library that the file holds."""
    manifest = json.loads(_part("vendor/manifest.json"))
    texts = {one["name"]: (one["version"], one["license_file"]) for one in manifest}
    return [
        {"name": name, "version": version, "text": _part(f"vendor/{file}")} for name, (version, file) in texts.items()
    ]


def page(payload: Row) -> bytes:
    """The file. `payload`: plain values, as JSON takes them; moments are written in ISO 8601."""
    scripts = [_script(name) for name in (*LIBRARIES, *SCRIPTS)]
    policy = _POLICY.format(scripts=" ".join(map(_hash, scripts)))
    data = json.dumps({**payload, "libraries": libraries()}, ensure_ascii=False, separators=(",", ":"), default=_moment)
    document = Template(_part("page.html")).substitute(
        title=escape(str(payload["process"]["name"])),
        policy=escape(policy, quote=True),
        styles="\n".join(_part(name) for name in STYLES),
        report=data.replace("<", "\\u003c"),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )
    return document.encode("utf-8", "replace")


def _part(name: str) -> str:
    return files("bpa_assets.report").joinpath("page", name).read_text(encoding="utf-8")


def _script(name: str) -> str:
    """A script that may stand in a page: what would end the element is written otherwise."""
    return _part(name).replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def _moment(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
