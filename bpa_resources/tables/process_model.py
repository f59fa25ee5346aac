"""The mined model and the reference model, and how cases follow them."""

from bpa_resources.tables.lake_table import lake_table

_MODEL_FIGURES = (
    ("fitness", "DOUBLE", "Mean over cases of 1 − cost / (length + shortest model path)"),
    ("precision", "DOUBLE", "1 − escaping / allowed activities over the prefixes of the aligned cases"),
    ("f1", "DOUBLE", "Harmonic mean of fitness and precision"),
    ("generalization", "DOUBLE", "1 − mean over its activities of 1 / √(times done)"),
    ("simplicity", "DOUBLE", "1 / (1 + mean arcs of a node of the Petri net beyond two)"),
    ("aligned_share", "DOUBLE", "Share of the cases whose variant was aligned; the figures are of these"),
)

PROCESS_MODEL = lake_table(
    "process_model",
    "model of the process",
    ("model", "VARCHAR", "discovered"),
    ("candidate", "VARCHAR", "The miner and its settings"),
    *_MODEL_FIGURES,
    ("sound", "BOOLEAN", "Proven by walking through all its states"),
    ("activities", "BIGINT", "Activities in it"),
    ("places", "BIGINT", "Places of its Petri net"),
    ("transitions", "BIGINT", "Transitions of its Petri net, silent ones included"),
)

MODEL_CANDIDATE = lake_table(
    "model_candidate",
    "model that was tried",
    ("candidate", "VARCHAR", "The miner and its settings"),
    ("taken", "BOOLEAN", "It is the discovered model"),
    *_MODEL_FIGURES,
    ("nodes", "BIGINT", "Places and transitions of its Petri net"),
    ("seconds", "DOUBLE", "How long it took"),
    ("refused_because", "VARCHAR", "Why no model came of it that could be taken; null if one did"),
)

VARIANT_ALIGNMENT = lake_table(
    "variant_alignment",
    "variant and model",
    ("variant_id", "VARCHAR", "The variant"),
    ("model", "VARCHAR", "discovered"),
    ("cost", "BIGINT", "Moves on one side only in an optimal alignment; null if it was not aligned"),
)

MODEL_TASK = lake_table(
    "model_task",
    "task of an activity that has several in the model",
    ("task", "VARCHAR", "Its id in the BPMN file"),
    ("activity", "VARCHAR", "The activity"),
    ("frequency", "BIGINT", "Events that the alignments put there"),
    ("cases", "BIGINT", "Cases with such an event"),
    *(
        (f"{statistic}_{kind}_seconds", "DOUBLE", f"{said} {kind} time of these events, null if there are none")
        for kind in ("processing", "waiting")
        for statistic, said in (("mean", "Mean"), ("median", "Median"), ("p90", "90th percentile of the"))
    ),
    ("total_waiting_seconds", "DOUBLE", "Sum of the waiting times"),
)

DEVIATION = lake_table(
    "deviation",
    "place where a variant leaves the model",
    ("variant_id", "VARCHAR", "The variant"),
    ("position", "BIGINT", "Place in its alignment, from 0; silent moves are not counted"),
    ("kind", "VARCHAR", "skipped (the model wants it), inserted (it does not) or swapped (both, in other places)"),
    ("activity", "VARCHAR", "The activity concerned"),
    ("cases", "BIGINT", "Cases that ran so"),
)

REFERENCE_MODEL = lake_table(
    "reference_model",
    "reference model of the process",
    ("model", "VARCHAR", "reference"),
    ("candidate", "VARCHAR", "The name of its process or pool"),
    *_MODEL_FIGURES,
    ("sound", "BOOLEAN", "Proven by walking through all its states"),
    ("activities", "BIGINT", "Activities in it"),
    ("places", "BIGINT", "Places of its Petri net"),
    ("transitions", "BIGINT", "Transitions of its Petri net, silent ones included"),
    ("matched_activities", "BIGINT", "Activities in it that the log has"),
    ("activities_accuracy", "DOUBLE", "Activities of both it and the discovered model, of those of either"),
    (
        "relations_accuracy",
        "DOUBLE",
        "F1 of the pairs that follow each other directly in it and in the discovered model",
    ),
    ("assumptions", "VARCHAR", "What was assumed to read it, in sentences; null if nothing"),
)

REFERENCE_ALIGNMENT = lake_table(
    "reference_alignment",
    "variant, where there is a reference model",
    ("variant_id", "VARCHAR", "The variant"),
    ("cost", "BIGINT", "Moves on one side only in an optimal alignment; null if it was not aligned"),
)

REFERENCE_DEVIATION = lake_table(
    "reference_deviation",
    "place where a variant leaves the reference model",
    ("variant_id", "VARCHAR", "The variant"),
    ("position", "BIGINT", "Place in its alignment, from 0; silent moves are not counted"),
    ("kind", "VARCHAR", "skipped (the model wants it), inserted (it does not) or swapped (both, in other places)"),
    ("activity", "VARCHAR", "The activity concerned"),
    ("cases", "BIGINT", "Cases that ran so"),
    ("accepted_by", "VARCHAR", "Who has accepted it; null if nobody has, or no longer"),
    ("accepted_until", "DATE", "Last day on which it is accepted"),
)

LABEL_MATCH = lake_table(
    "label_match",
    "label of the reference model",
    ("reference_label", "VARCHAR", "The label of an activity, or of an event that the log may know"),
    ("activity", "VARCHAR", "The activity of the log it means; null if none"),
    ("how", "VARCHAR", "exact, folded, spelling or process.yaml; null if no activity is like it"),
)

DEVIATION_EFFECT = lake_table(
    "deviation_effect",
    "kind of deviation of an activity from a model",
    ("model", "VARCHAR", "discovered or reference"),
    ("kind", "VARCHAR", "skipped, inserted or swapped"),
    ("activity", "VARCHAR", "The activity concerned"),
    ("cases", "BIGINT", "Cases with it"),
    ("share", "DOUBLE", "Share of the aligned cases"),
    ("median_cycle_seconds_with", "DOUBLE", "Median cycle time of the closed cases with it, null if none"),
    ("median_cycle_seconds_without", "DOUBLE", "Median cycle time of the other closed cases, null if none"),
    ("difference_seconds", "DOUBLE", "With less without: what it goes along with, which need not be its effect"),
)

TABLES = (
    *(PROCESS_MODEL, MODEL_CANDIDATE, VARIANT_ALIGNMENT, DEVIATION, MODEL_TASK),
    *(REFERENCE_MODEL, REFERENCE_ALIGNMENT, REFERENCE_DEVIATION, LABEL_MATCH, DEVIATION_EFFECT),
)
