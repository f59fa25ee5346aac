"""A process or a plan for another simulator to judge: BPMN and parameters as Prosimos reads them."""
