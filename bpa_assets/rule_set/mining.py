"""The rules that a log tells by itself: decision points, moments, trees, what later cases say of their rules.

How a stage calls it (plain values in and out; nothing is written)::

    mined = mine_rules(MinedFrom(event_log, cases, variants, event_attribute, pnml, bpmn, config))
    mined.features          # Mapping[str, Feature]: what a condition may name
    mined.moments           # pa.Table `moment`: a row a (case, at, passage), targets and a column a feature
    mined.rules             # tuple[Rule, ...]: kept ones, origin "tree"
    mined.decision_points   # tuple[DecisionPoint, ...]
    mined.tested            # p-value of every candidate rule: rules of others are judged together with these
    mined.stability         # Mapping[rule_id, float]
    mined.notes             # sentences for people: what was left out, sampled, suspicious

Then, for rules of every origin (`fires`: by rule_id, of each row of `mined.moments` whether the rule fires there)::

    rows = rule_evidence(rules, fires, mined)            # evidence.py: a dict a rule, the columns of lake table rule_set
    found = coverage(rules, fires, mined)                # coverage.py: decision point rows, paths covered, what is left

`mined.moments` is sorted by `at`, then case, then event_index; `at_rows(moments, at)` gives the slice of one moment.
"""
