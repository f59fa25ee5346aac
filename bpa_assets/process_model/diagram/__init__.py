"""Diagrams of mined models: BPMN 2.0 with the place of every shape and flow."""
