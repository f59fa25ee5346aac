"""From a BPMN process to its token net, node by node."""

from itertools import combinations

from bpa_assets.process_model.conformance.bpmn_process import Flow, Node, Process
from bpa_assets.process_model.conformance.net_draft import OUTSIDE, NetDraft, Places, Scope, Stop
from bpa_assets.process_model.conformance.token_net import WHOLE, TokenNet
from bpa_assets.process_model.discovery.petri_net import FIRST, LAST
from bpa_resources.errors import InputError

_MOST_SUBSETS = 10
"""Flows of an inclusive split: 1,023 ways to take them."""


def token_net(process: Process, *, name: str, ends_empty: bool) -> TokenNet:
    """What a process means. `name` is what a sentence calls its file.

    `ends_empty`: a process ends when no token is left in it, as BPMN has it; else with the first token at an end,
    which is the same in fewer states wherever that is the only one. Errors: InputError for what has no meaning.
    """
    builder = _Builder(name, ends_empty, frozenset(process.activity_labels))
    builder.add_process(process)
    return builder.draft.net()


class _Builder:
    def __init__(self, name: str, ends_empty: bool, activities: frozenset[str]) -> None:
        self._name, self._ends_empty, self._activities = name, ends_empty, activities
        self.draft = NetDraft()
        self._place, self._step = self.draft.place, self.draft.step

    def add_process(self, process: Process) -> None:
        active = self._place(OUTSIDE) if self._ends_empty else None
        scope = Scope(self.draft.new_scope(OUTSIDE), process, FIRST, LAST, active)
        # An error that nothing catches ends the process.
        self._add_scope(scope, WHOLE, Stop(LAST, scope.running, scope.number))

    def _of_event(self, node: Node) -> str:
        """The label of an event; none where an activity has it, for then the log means that."""
        return "" if node.label in self._activities else node.label

    def _add_scope(self, scope: Scope, told: str, catcher: Stop) -> None:
        self.draft.give_places(scope)
        self._start(scope, told)
        for node in scope.process.nodes.values():
            self._add_node(scope, node, catcher)
        if self._ends_empty:
            self._step(told, scope.running, (scope.done,), without_scope=scope.number)

    def _start(self, scope: Scope, told: str) -> None:
        """One of its start events; without any, all nodes that nothing leads to."""
        nodes = scope.process.nodes.values()
        starts = [node for node in nodes if node.kind == "start"]
        attached = {one.node for node in nodes for one in node.boundaries}
        first = [node for node in nodes if not scope.incoming[node.id] and node.id not in attached]
        if not starts and not first:
            raise InputError(f"{self._name}: {told} has no beginning: every node has one before it")
        for node in starts:
            self._step(node, (scope.begin,), (scope.at[node.id], *scope.running))
        if not starts:
            self._step(told, (scope.begin,), (*(scope.at[node.id] for node in first), *scope.running))
        elif lost := [node for node in first if node.kind != "start"]:
            raise InputError(f"{self._name}: {lost[0].told} can never be reached: no flow leads to it")

    def _add_node(self, scope: Scope, node: Node, catcher: Stop) -> None:
        match node.kind:
            case "activity":
                self._activity(scope, node)
            case "sub-process":
                self._sub_process(scope, node, catcher)
            case "event" | "start":
                self._leave(scope, node, (scope.at[node.id],), label=self._of_event(node))
            case "exclusive":
                self._exclusive(scope, node)
            case "parallel":
                self._end_or_give(scope, node, scope.arrivals(node), scope.outgoing[node.id])
            case "inclusive":
                self._inclusive(scope, node)
            case "end":
                for place in scope.arrivals(node):
                    self._end_event(scope, node, place, catcher)

    def _activity(self, scope: Scope, node: Node) -> None:
        """Done as one step. Interrupted it may have been recorded or not: both are meant."""
        at, after = scope.at[node.id], self._place(scope.number)
        running, armed = self._running(scope, node, at)
        self._step(node, (running,), (after,), label=node.label, clears=armed)
        self._repeat(node, running, after)
        self._leave(scope, node, (after,))
        for boundary in node.boundaries:
            raised = scope.at[boundary.node]
            if boundary.interrupts:
                self._step(node, (running,), (raised,), clears=armed)
                self._step(node, (running,), (raised,), label=node.label, clears=armed)

    def _running(self, scope: Scope, node: Node, at: int) -> tuple[int, Places]:
        """The place of a node that runs, and those of the events that may happen meanwhile, once each."""
        watching = [one for one in node.boundaries if not one.interrupts]
        if not watching:
            return at, ()
        running, armed = self._place(scope.number), tuple(self._place(scope.number) for _ in watching)
        self._step(node, (at,), (running, *armed))
        for boundary, place in zip(watching, armed, strict=True):
            self._step(node, (place,), (scope.at[boundary.node],))
        return running, armed

    def _repeat(self, node: Node, before: int, after: int) -> None:
        if node.repeats != "never":
            self._step(node, (after,), (before,))
        if node.repeats == "any number":
            self._step(node, (before,), (after,))

    def _sub_process(self, scope: Scope, node: Node, catcher: Stop) -> None:
        assert node.body is not None  # noqa: S101 - the reader makes no sub-process without
        begin, after, caught = (self._place(scope.number) for _ in range(3))
        running, armed = self._running(scope, node, scope.at[node.id])
        self._step(node, (running,), (begin,))
        number = self.draft.new_scope(scope.number)
        active = self._place(scope.number) if node.boundaries or self._ends_empty else None
        body = Scope(number, node.body, begin, after, active)
        errors = [one for one in node.boundaries if one.catches_errors]
        self._add_scope(body, node.told, Stop(caught, body.running, number) if errors else catcher)
        self._repeat(node, begin, after)
        self._leave(scope, node, (after,), clears=armed)
        for boundary in node.boundaries:
            raised = scope.at[boundary.node]
            if boundary.catches_errors and _throws(node.body):
                self._step(node, (caught,), (raised,), clears=armed)
            elif boundary.interrupts:
                self._step(node, body.running, (raised,), clears=armed, clears_scope=number)

    def _exclusive(self, scope: Scope, node: Node) -> None:
        for flow in scope.outgoing[node.id]:
            self._step(node, (scope.at[node.id],), (scope.places[flow],))
        if not scope.outgoing[node.id]:
            self._end(scope, node, (scope.at[node.id],))

    def _inclusive(self, scope: Scope, node: Node) -> None:
        """Any of its flows, at least one; as a join it waits for all that can still come."""
        arrivals, outgoing = scope.arrivals(node), scope.outgoing[node.id]
        if len(outgoing) > _MOST_SUBSETS:
            raise InputError(
                f"{self._name}: {node.told} has {len(outgoing)} outgoing flows, more than the {_MOST_SUBSETS} whose "
                "combinations can be compared with a log; split it in two"
            )
        middle = self._place(scope.number)
        joins = arrivals if len(arrivals) > 1 else ()
        self._step(node, () if joins else arrivals, (middle,), joins=joins)
        for size in range(1, len(outgoing) + 1):
            for some in combinations(outgoing, size):
                self._step(node, (middle,), scope.given(some))
        if not outgoing:
            self._end(scope, node, (middle,))

    def _leave(self, scope: Scope, node: Node, takes: Places, *, label: str = "", clears: Places = ()) -> None:
        """Go on from an activity or event: all of its flows; of those with conditions any, the default one if none."""
        flows = scope.outgoing[node.id]
        chosen = [flow for flow in flows if flow.conditional and not flow.default]
        always = [flow for flow in flows if not flow.conditional and not flow.default]
        default = [flow for flow in flows if flow.default]
        if len(flows) == 1 or not (chosen or default):
            chosen, always, default = [], list(flows), []
        if len(chosen) > _MOST_SUBSETS:
            raise InputError(f"{self._name}: {node.told} has more than {_MOST_SUBSETS} flows with conditions")
        for size in range(len(chosen) + 1):
            for some in combinations(chosen, size):
                taken = [*always, *some, *(default if not some else [])]
                if taken or not flows:
                    self._end_or_give(scope, node, takes, taken, label=label, clears=clears)

    def _end_or_give(
        self, scope: Scope, node: Node, takes: Places, flows: list[Flow], *, label: str = "", clears: Places = ()
    ) -> None:
        if flows:
            self._step(node, takes, scope.given(flows), label=label, clears=clears)
        else:
            self._end(scope, node, takes, label=label, clears=clears)

    def _end(self, scope: Scope, node: Node, takes: Places, *, label: str = "", clears: Places = ()) -> None:
        """A token has come to an end; the process has, too, if that is the last one."""
        if self._ends_empty:
            self._step(node, takes, (), label=label, clears=clears)
        else:
            self._step(node, (*takes, *scope.running), (scope.done,), label=label, clears=clears)

    def _end_event(self, scope: Scope, node: Node, place: int, catcher: Stop) -> None:
        match node.ending:
            case "plain":
                self._end(scope, node, (place,), label=self._of_event(node))
            case "terminate":
                self._stop(node, place, Stop(scope.done, scope.running, scope.number))
            case "error":
                self._stop(node, place, catcher)

    def _stop(self, node: Node, place: int, goes: Stop) -> None:
        """End a scope with all that still goes on in it."""
        label = self._of_event(node)
        self._step(node, (place,), (goes.raised,), label=label, clears=goes.running, clears_scope=goes.scope)


def _throws(body: Process) -> bool:
    return any(node.ending == "error" for node in body.all_nodes())
