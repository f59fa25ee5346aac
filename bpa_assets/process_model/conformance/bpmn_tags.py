"""What the elements of BPMN 2.0 are to us: kinds of nodes, ways to end, and what has no meaning beside a log."""

from bpa_assets.process_model.conformance.bpmn_process import Ending, Kind

KINDS: dict[str, Kind] = {
    **dict.fromkeys(("task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask"), "activity"),
    **dict.fromkeys(("scriptTask", "businessRuleTask", "callActivity"), "activity"),
    **dict.fromkeys(("subProcess", "transaction"), "sub-process"),
    **dict.fromkeys(("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"), "event"),
    "startEvent": "start",
    "endEvent": "end",
    **dict.fromkeys(("exclusiveGateway", "eventBasedGateway"), "exclusive"),
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
}
WITHOUT_MEANING = {
    "complexGateway": "what a complex gateway waits for is not told by the diagram; use other gateways",
    "adHocSubProcess": "in which order its activities may be done is left open; draw the order, or one task",
    "choreographyTask": "a choreography is no process; give a process or a collaboration",
    "subChoreography": "a choreography is no process; give a process or a collaboration",
    "callChoreography": "a choreography is no process; give a process or a collaboration",
}
ENDINGS: dict[str, Ending] = {
    "terminateEventDefinition": "terminate",
    "errorEventDefinition": "error",
    "cancelEventDefinition": "error",
}

ACTIVITIES = {tag for tag, kind in KINDS.items() if kind == "activity"}
"""Tasks and call activities: the log tells no parts of them."""
