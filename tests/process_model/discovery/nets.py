"""Small models and random ones for tests of what is computed on them."""

from typing import Any

from hypothesis import strategies as st

from bpa_assets.process_model.discovery.evaluation import net_of
from bpa_assets.process_model.discovery.petri_net import PetriNet

LETTERS = "abcdef"


def tree(text: str) -> Any:
    """A pm4py process tree from its notation."""
    import pm4py

    return pm4py.parse_process_tree(text)


def net(text: str) -> PetriNet:
    """Its Petri net."""
    return net_of(tree(text))


def tree_texts() -> st.SearchStrategy[str]:
    """Random process trees over a few activities, some of them silent, some activities more than once."""
    leaves = st.sampled_from([*(f"'{letter}'" for letter in LETTERS), "tau"])

    def nested(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        many = st.tuples(st.sampled_from(["->", "X", "+"]), st.lists(parts, min_size=2, max_size=3))
        loop = st.tuples(st.just("*"), st.lists(parts, min_size=2, max_size=2))
        return (many | loop).map(lambda one: f"{one[0]}( {', '.join(one[1])} )")

    return st.recursive(leaves, nested, max_leaves=7).filter(lambda text: "'" in text)


def variants() -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Random variants over the same activities and one that no model has."""
    one = st.lists(st.sampled_from(LETTERS + "z"), min_size=1, max_size=7).map(tuple)
    return st.lists(one, min_size=1, max_size=4, unique=True)
