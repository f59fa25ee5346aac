"""The workflow net of a BPMN model (Dijkman, Dumas and Ouyang, 2008), without silent steps that change nothing."""

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, Edge, Kind, neighbours
from bpa_assets.process_model.discovery.petri_net import FIRST, LAST, NotAWorkflowNetError, PetriNet

_Step = tuple[str | None, tuple[int, ...], tuple[int, ...]]


def net_of_bpmn(model: BpmnModel) -> PetriNet:
    """The net of a model: a place a flow, but one place for flows between which only an exclusive gateway stands.

    A flow from one exclusive gateway to another keeps its silent step where the first has other ways on and the second
    others in. Errors: NotAWorkflowNetError for inclusive gateways, and where parallel flows meet in an exclusive one.
    """
    return _Translation(model).net()


def tasks_of_net(model: BpmnModel) -> list[int | None]:
    """Of each transition of that net the task of the model, None where it is silent."""
    translation = _Translation(model)
    translation.net()
    return translation.tasks


class _Translation:
    def __init__(self, model: BpmnModel) -> None:
        self._nodes = model.nodes
        self._kinds: dict[int, Kind] = {node.id: node.kind for node in model.nodes}
        self._before, self._after = neighbours(model)
        self._same: dict[Edge, Edge] = {}
        for node in model.nodes:
            if node.kind == "exclusive":
                first, *others = self._places_at(node.id)
                for other in others:
                    self._same[self._root(other)] = self._root(first)
        self._places: dict[Edge, int] = {}
        self.tasks: list[int | None] = []

    def net(self) -> PetriNet:
        ends = [(node.id, node.kind) for node in self._nodes if node.kind in ("start", "end")]
        steps = [step for node, kind in ends for step in self._end(node, kind)]
        task_of = dict[int, int]()
        for node in self._nodes:
            if node.kind == "inclusive":
                raise NotAWorkflowNetError("inclusive gateways")
            if node.kind == "exclusive":
                steps += self._choices(node.id)
            elif node.kind in ("task", "parallel"):
                inputs = [self._place((other, node.id)) for other in self._before[node.id]]
                outputs = [self._place((node.id, other)) for other in self._after[node.id]]
                task_of |= {len(steps): node.id} if node.kind == "task" else {}
                steps.append((node.label or None, tuple(sorted(inputs)), tuple(sorted(outputs))))
        if any(len(set(places)) < len(places) for _, *around in steps for places in around):
            raise NotAWorkflowNetError("parallel flows that meet in an exclusive gateway")
        self.tasks = [task_of.get(number) for number in range(len(steps))]
        labels, inputs_of, outputs_of = zip(*steps, strict=True)
        return PetriNet(2 + len({*self._places.values()} - {FIRST, LAST}), labels, inputs_of, outputs_of)

    def _end(self, node: int, kind: Kind) -> list[_Step]:
        """The first or last place is that of the only flow, or a silent step leads from it or to it."""
        around = self._after[node] if kind == "start" else self._before[node]
        flow = (node, around[0]) if kind == "start" else (around[0], node)
        alone = len((self._before if kind == "start" else self._after)[around[0]]) == 1
        place = FIRST if kind == "start" else LAST
        if (alone or self._kinds[around[0]] != "exclusive") and self._root(flow) not in self._places:
            self._places[self._root(flow)] = place
            return []
        other = self._place(flow)
        return [(None, (place,), (other,)) if kind == "start" else (None, (other,), (place,))]

    def _choices(self, node: int) -> list[_Step]:
        here = self._place((self._before[node][0], node))
        ways = [self._place((node, other)) for other in self._after[node] if not self._alone((node, other))]
        return [(None, (here,), (way,)) for way in ways if way != here]

    def _places_at(self, node: int) -> list[Edge]:
        ways = [(node, other) for other in self._after[node]]
        return [*((other, node) for other in self._before[node]), *(way for way in ways if self._alone(way))]

    def _alone(self, flow: Edge) -> bool:
        """It is the only way on, or the only way in."""
        return len(self._after[flow[0]]) == 1 or len(self._before[flow[1]]) == 1

    def _root(self, flow: Edge) -> Edge:
        while flow in self._same and self._same[flow] != flow:
            flow = self._same[flow]
        return flow

    def _place(self, flow: Edge) -> int:
        return self._places.setdefault(self._root(flow), 2 + len({*self._places.values()} - {FIRST, LAST}))
