"""What the Dagster UI shows of the discovered model: a picture, and figures that it plots over time."""

from base64 import b64encode

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.diagram.svg import svg

_MOST_BYTES = 100_000
"""It is stored with every run's events."""


def picture(model: BpmnModel | None) -> str:
    """The model as Markdown, a picture in it; in words where there is none or it is larger than 100 kB."""
    if model is None:
        return "any activity in any order: there is nothing to draw"
    encoded = b64encode(svg(model, lay_out(model))).decode("ascii")
    if len(encoded) > _MOST_BYTES:
        return f"{len(model.nodes):,} nodes: too large for a preview; open the BPMN file"
    return f"![the discovered model](data:image/svg+xml;base64,{encoded})"
