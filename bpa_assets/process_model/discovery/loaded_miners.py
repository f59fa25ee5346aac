"""The miners, imported: the fork server of `workers.py` preloads this module, and no other code imports it.

pm4py's packages import all of its algorithms, with matplotlib and Polars: of 2.6 s of processor time half is left
without. The linear solver, with SciPy's, is for its own alignments, which are not used.
"""

from bpa_resources.light_imports import import_only_parts, import_when_used

import_only_parts(
    *("pm4py", "pm4py.util", "pm4py.util.lp", "pm4py.objects", "pm4py.statistics"),
    *("pm4py.algo", "pm4py.algo.discovery", "pm4py.algo.conformance"),
)
import_when_used("pm4py.util.lp.solver")

import pm4py.algo.discovery.inductive.variants.imf  # noqa: E402, TID253
import pm4py.algo.discovery.split_miner.variants.classic  # noqa: E402, TID253
import pm4py.objects.conversion.bpmn.converter  # noqa: E402, TID253
import pm4py.objects.conversion.process_tree.converter  # noqa: E402, F401, TID253
