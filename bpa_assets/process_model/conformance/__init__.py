"""Whether a log follows the reference model that a person drew: the BPMN file `reference.bpmn` of its process."""
