"""Rules and the decision points that they are about."""

from bpa_resources.tables.lake_table import lake_table

RULE_SET = lake_table(
    "rule_set",
    "rule",
    ("rule_id", "VARCHAR", "The rule: r- and 12 hex digits made from when, if, then and what it foretells"),
    ("name", "VARCHAR", "Its name for people, null if nobody gave it one"),
    ("kind", "VARCHAR", "decision, sla_breach, outcome or rework"),
    ("at", "VARCHAR", "When it is asked: a decision point, start, or after an activity"),
    ("condition", "VARCHAR", "When it fires, in the language of conditions"),
    ("action", "VARCHAR", "What it asks for, as JSON: the name of the action and its parameters"),
    ("foretells", "VARCHAR", "What happens then: an option of the decision point, sla_breach, bad_outcome or rework"),
    ("origin", "VARCHAR", "tree, language_model or analyst"),
    ("explanation", "VARCHAR", "In words"),
    ("status", "VARCHAR", "proposed, accepted or refused"),
    ("decided_by", "VARCHAR", "Who accepted or refused it, null if nobody did"),
    ("decided_reason", "VARCHAR", "Why, in their words"),
    ("change", "VARCHAR", "Since the published run before: new, same or changed; null if that had no rules"),
    ("replaces", "VARCHAR", "The rule that is gone and that this one is a newer form of, null if none"),
    ("cases", "BIGINT", "Moments at which it is asked"),
    ("support", "BIGINT", "Of these, moments at which it fires"),
    ("confidence", "DOUBLE", "Share of the moments at which it fires where what it foretells came true; null if none"),
    ("base_rate", "DOUBLE", "The same share of all moments at which it is asked"),
    ("lift", "DOUBLE", "confidence / base_rate"),
    ("coverage", "DOUBLE", "support / cases"),
    ("holdout_support", "BIGINT", "Moments of later cases at which it fires"),
    ("holdout_precision", "DOUBLE", "Its confidence on cases it was not learned from, null if it never fires there"),
    ("holdout_precision_low", "DOUBLE", "Lower end of the 95 % interval of holdout_precision (Wilson)"),
    ("holdout_recall", "DOUBLE", "Share of what it foretells, in later cases, at which it fires"),
    ("holdout_base_rate", "DOUBLE", "base_rate on later cases"),
    ("q_value", "DOUBLE", "Chance of so many right on later cases if it told nothing, corrected for all candidates"),
    ("stability", "DOUBLE", "Share of the refits on resampled cases that have an equivalent rule; null if not mined"),
    ("first_fired_at", "TIMESTAMP", "First moment at which it fires, UTC; null if it never does"),
    ("last_fired_at", "TIMESTAMP", "Last moment at which it fires, UTC"),
    ("never_fires", "BOOLEAN", "It fires at no moment of the log"),
    ("conflicts", "VARCHAR[]", "Rules that fire with it at some moment and ask for what contradicts it"),
)

DECISION_POINT = lake_table(
    "decision_point",
    "moment at which rules are asked",
    ("decision_point", "VARCHAR", "What comes before it, and its options; of other moments than a choice, the moment"),
    ("kind", "VARCHAR", "choice, loop or skip; or what is foretold there: sla_breach, outcome or rework"),
    ("cases", "BIGINT", "Cases that passed it"),
    ("passages", "BIGINT", "Times it was passed"),
    ("options", "VARCHAR[]", "Ways out of it, in alphabetical order; end: the end of the case"),
    ("option_shares", "DOUBLE[]", "Share of the passages that took each"),
    ("majority", "VARCHAR", "The way most passages took"),
    ("majority_share", "DOUBLE", "Their share"),
    (
        "decided_share",
        "DOUBLE",
        "Share of the passages where a rule fires, or else the usual way is right nine times in ten later",
    ),
    ("rules", "BIGINT", "Rules asked there"),
    ("not_decided_because", "VARCHAR", "What is left that no rule decides; null if nothing is"),
    ("element", "VARCHAR", "Id of its gateway in the BPMN file, null if there is none"),
)

REFUSED_RULE = lake_table(
    "refused_rule",
    "proposed rule that was refused",
    ("origin", "VARCHAR", "language_model or analyst"),
    ("name", "VARCHAR", "Its name, null if it has none"),
    ("at", "VARCHAR", "When it was to be asked, as proposed"),
    ("condition", "VARCHAR", "Its condition, as proposed"),
    ("reason", "VARCHAR", "Why it was refused"),
)

GONE_RULE = lake_table(
    "gone_rule",
    "rule of the published run before that is no longer found",
    ("rule_id", "VARCHAR", "The rule"),
    ("at", "VARCHAR", "When it was asked"),
    ("condition", "VARCHAR", "When it fired"),
    ("action", "VARCHAR", "What it asked for, as JSON"),
    ("foretells", "VARCHAR", "What it foretold"),
    ("replaced_by", "VARCHAR", "The rule that is a newer form of it, null if none"),
)

RULE_EXAMPLE = lake_table(
    "rule_example",
    "case for or against a rule",
    ("rule_id", "VARCHAR", "The rule"),
    ("case_id", "VARCHAR", "A case in which it fires"),
    ("event_index", "INTEGER", "After which row of the case"),
    ("came_true", "BOOLEAN", "What it foretells came true"),
    ("later", "BOOLEAN", "The case is one of the later ones, which rules are not learned from"),
)

RULE_FIRING = lake_table(
    "rule_firing",
    "accepted rule and case in which it fires",
    ("rule_id", "VARCHAR", "The rule"),
    ("case_id", "VARCHAR", "The case"),
    ("event_index", "INTEGER", "After which row of the case it fires first"),
    ("moment_time", "TIMESTAMP", "When that was, UTC"),
    ("came_true", "BOOLEAN", "What it foretells came true, null if that is not known"),
)

RULE_ACCOUNTING = lake_table(
    "rule_accounting",
    "process",
    ("candidates", "BIGINT", "Rules that trees or others proposed"),
    ("tested", "BIGINT", "Of these, rules tested on later cases"),
    ("kept", "BIGINT", "Rules of rule_set"),
    ("paths_covered", "DOUBLE", "Share of the cases of whose decisions at least half are answered"),
    ("decided_passages", "DOUBLE", "Share of all passages of decision points that are decided"),
    ("later_from", "TIMESTAMP", "Start of the first case that rules are not learned from, UTC"),
    ("language_model", "VARCHAR", "off, answered, or failed: why"),
    ("tokens", "BIGINT", "Tokens it was sent and answered with"),
    ("cost", "DOUBLE", "What that cost, null if no price is set"),
    ("seconds", "DOUBLE", "How long it was asked for"),
)

TABLES = (RULE_SET, DECISION_POINT, REFUSED_RULE, GONE_RULE, RULE_EXAMPLE, RULE_FIRING, RULE_ACCOUNTING)
