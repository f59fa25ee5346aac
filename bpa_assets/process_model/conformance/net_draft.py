"""A token net while it is made: places, steps, and the processes and sub-processes that places belong to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bpa_assets.process_model.conformance.bpmn_process import Flow, Node, Process
from bpa_assets.process_model.conformance.token_net import Step, TokenNet

OUTSIDE = -1
Places = tuple[int, ...]


@dataclass
class Scope:
    """A process or sub-process that is being translated.

    `begin`, `done`: hold a token before and after it; `active` one while it runs, if that has to be known. `at`: the
    place where a token waits for a node; `places`: where the token of a flow is.
    """

    number: int
    process: Process
    begin: int
    done: int
    active: int | None
    outgoing: dict[str, list[Flow]] = field(default_factory=lambda: defaultdict(list))
    incoming: dict[str, list[Flow]] = field(default_factory=lambda: defaultdict(list))
    at: dict[str, int] = field(default_factory=dict)
    places: dict[Flow, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for flow in self.process.flows:
            self.outgoing[flow.source].append(flow)
            self.incoming[flow.target].append(flow)

    @property
    def running(self) -> Places:
        """The place that says it runs, if there is one."""
        return () if self.active is None else (self.active,)

    def arrivals(self, node: Node) -> Places:
        """Where the tokens come from that a node takes."""
        return tuple(self.places[flow] for flow in self.incoming[node.id]) or (self.at[node.id],)

    def given(self, flows: Iterable[Flow]) -> Places:
        """Where the tokens of flows go to."""
        return tuple(self.places[flow] for flow in flows)


@dataclass(frozen=True)
class Stop:
    """What ends a scope with all that goes on in it: the place that gets a token then; what says that it runs."""

    raised: int
    running: Places
    scope: int


class NetDraft:
    """Places and steps so far. The first two places are outside of all scopes."""

    def __init__(self) -> None:
        self._scopes = [OUTSIDE, OUTSIDE]
        self._parents: dict[int, int] = {}
        self._steps: list[tuple[Step, int | None, int | None]] = []

    def new_scope(self, parent: int) -> int:
        """A scope within another one."""
        self._parents[len(self._parents)] = parent
        return len(self._parents) - 1

    def place(self, scope: int) -> int:
        """A new place of a scope."""
        self._scopes.append(scope)
        return len(self._scopes) - 1

    def give_places(self, scope: Scope) -> None:
        """Places for its nodes and flows: one a flow where a node waits for several, else one a node."""
        for node in scope.process.nodes.values():
            if node.kind in ("parallel", "inclusive", "end") and scope.incoming[node.id]:
                scope.places |= {flow: self.place(scope.number) for flow in scope.incoming[node.id]}
            else:
                scope.at[node.id] = self.place(scope.number)
                scope.places |= dict.fromkeys(scope.incoming[node.id], scope.at[node.id])

    def step(
        self, of: Node | str, takes: Places, gives: Places, *, label: str = "", joins: Places = (),
        clears: Places = (), clears_scope: int | None = None, without_scope: int | None = None,
    ) -> None:  # fmt: skip
        """Add a step (see `Step`); it clears places and whole scopes, and waits until a scope is empty."""
        shown = label if label.strip() else None
        step = Step(shown, takes, gives, of if isinstance(of, str) else of.told, clears=frozenset(clears), joins=joins)
        self._steps.append((step, clears_scope, without_scope))

    def net(self) -> TokenNet:
        """The net, now that it is known which places each scope has."""
        steps = [
            Step(
                *(step.label, step.takes, step.gives, step.of),
                clears=step.clears | self._inside(clears),
                without=self._inside(without),
                joins=step.joins,
            )
            for step, clears, without in self._steps
        ]
        return TokenNet(len(self._scopes), tuple(steps))

    def _inside(self, scope: int | None) -> frozenset[int]:
        """The places of a scope and of those within it."""
        if scope is None:
            return frozenset()
        return frozenset(place for place, own in enumerate(self._scopes) if self._is_within(own, scope))

    def _is_within(self, scope: int, outer: int) -> bool:
        while scope not in (outer, OUTSIDE):
            scope = self._parents[scope]
        return scope == outer
