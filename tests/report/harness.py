"""A page with nothing but the diagrams: libraries, scripts and a report inlined, nothing else allowed to load.

The filter is the smallest one that the diagrams can be given: `bpaFilter.set([true, false, …])` in the page; what was
required of it is in `bpaFilter.required`.
"""

import json
from typing import Any

from tests.conftest import REPOSITORY

PAGE = REPOSITORY / "bpa_assets" / "report" / "page"
LIBRARIES = ("vendor/bpmn-navigated-viewer.production.min.js", "vendor/dagre.min.js")
SCRIPTS = (
    *("wording.js", "page_elements.js", "saved_picture.js", "small_picture.js"),
    *("model_measures.js", "model_diagram.js", "model_details.js", "model_view.js"),
    *("process_map_projection.js", "process_map_positions.js", "process_map_layout.js", "process_map_drawing.js"),
    *("process_map_details.js", "pan_zoom.js", "process_map.js"),
)
STYLES = (
    *("vendor/diagram-js.css", "vendor/bpmn-js.css", "diagram_colours.css", "diagrams.css", "model_view.css"),
    "process_map.css",
)
_GUARD = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; connect-src 'none'"
)
_START = """
document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
const report = JSON.parse(document.getElementById('report').textContent);
const bpaFilter = {
  variants: null, required: [], listeners: [],
  subscribe(listener) { this.listeners.push(listener); },
  set(variants) { this.variants = variants; this.listeners.forEach((listener) => listener(this)); },
  add(criterion) { this.required.push(criterion); },
};
const model = bpa.modelView.mount(document.getElementById('model'), report, bpaFilter);
const map = bpa.processMap.mount(document.getElementById('map'), report, bpaFilter);
window.ready = Promise.all([model.ready, map.ready]).then(([warnings]) => warnings.map(String));
"""


def page(report: dict[str, Any]) -> str:
    """The page of a report: `model`, `activities`, `variants` and `rest_edges` as the diagrams take them."""
    styles = "\n".join((PAGE / name).read_text() for name in STYLES)
    texts = [(PAGE / name).read_text().replace("</script", "<\\/script") for name in (*LIBRARIES, *SCRIPTS)]
    scripts = "\n".join(f"<script>{text}</script>" for text in texts)
    data = json.dumps(report, ensure_ascii=False).replace("<", "\\u003c")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Diagrams</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_GUARD}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{styles} body{{margin:1rem;background:var(--bpa-bg);color:var(--bpa-text);"
        "font-family:system-ui,sans-serif}</style></head><body><main><h1>Process</h1>"
        '<section><h2>Model</h2><div id="model"></div></section>'
        '<section><h2>Map</h2><div id="map"></div></section></main>'
        f'<script type="application/json" id="report">{data}</script>{scripts}<script>{_START}</script></body></html>'
    )
