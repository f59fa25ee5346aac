"""What is to be done, and what rules do since they are switched on."""

from bpa_resources.tables.lake_table import lake_table

PROPOSED_ACTIONS = lake_table(
    "proposed_actions",
    "action that an accepted rule asks for on an open case, or an accepted plan",
    ("action_id", "VARCHAR", "The action: the same process, rule and case have the same"),
    ("rule_id", "VARCHAR", "The rule; of a plan its id and the position of the change"),
    ("case_id", "VARCHAR", "The case; empty for a plan"),
    ("action", "VARCHAR", "What the rule asks for, such as escalate"),
    ("moment_time", "TIMESTAMP", "When the rule fired in the case, UTC; null for a plan"),
    ("connection", "VARCHAR", "The connection it goes through, null if push.actions does not say"),
    ("operation", "VARCHAR", "What is done there"),
    ("input", "VARCHAR", "What is sent, as JSON"),
    ("request_hash", "VARCHAR", "SHA-256 of the request: what an approval is bound to"),
    ("risk", "VARCHAR", "low, medium or high: what the system's manifest says"),
    ("repeatable", "BOOLEAN", "Sent twice it has its effect once"),
    ("problem", "VARCHAR", "Why it cannot be sent, null if it can"),
)

RULE_EFFECT = lake_table(
    "rule_effect",
    "rule with actions, and measure",
    ("rule_id", "VARCHAR", "The rule"),
    ("measure", "VARCHAR", "foretold, sla_breached or cycle_time_seconds"),
    ("switched_on_at", "TIMESTAMP", "When its first action was done, UTC"),
    ("follow_up_seconds", "DOUBLE", "How long cases are followed from where the rule fires"),
    ("cases_before", "BIGINT", "Cases in which it fired before that, with an answer"),
    ("cases_since", "BIGINT", "Cases in which it fired since, with an answer"),
    ("acted_on", "BIGINT", "Of these, cases for which an action was done"),
    ("value_before", "DOUBLE", "A share, or mean seconds; null without cases"),
    ("value_since", "DOUBLE", "The same since then"),
    ("difference", "DOUBLE", "value_since less value_before"),
    ("difference_low", "DOUBLE", "Lower end of its 95 % interval"),
    ("difference_high", "DOUBLE", "Upper end of its 95 % interval"),
    ("finding", "VARCHAR", "less, more, no effect seen, or too few cases"),
)

TABLES = (PROPOSED_ACTIONS, RULE_EFFECT)
