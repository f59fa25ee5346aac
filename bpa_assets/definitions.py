"""The assembly of the code location: assets, checks, jobs, sensors, schedules, resources.

Only the command line imports it.
"""

import dagster as dg

from bpa_assets.actions.assets import executed_actions, proposed_actions, rule_effect
from bpa_assets.bottlenecks.assets import bottlenecks, count_work, sla_breach_factors, waiting_causes
from bpa_assets.bottlenecks.checks import CHECKS as WAITING_CHECKS
from bpa_assets.decide_action import decide_action
from bpa_assets.event_log.assets import read_event_log
from bpa_assets.event_log.checks import CHECKS as LOG_CHECKS
from bpa_assets.event_log.quality.assets import judge_event_log
from bpa_assets.jobs import refresh_kpis, refresh_process
from bpa_assets.kpis.assets import kpi_assets, kpi_resources, publication
from bpa_assets.kpis.project import project_version
from bpa_assets.optimized_plan.assets import calibrate_simulation
from bpa_assets.optimized_plan.checks import CHECKS as SIMULATION_CHECKS
from bpa_assets.process_model.assets import count_behaviour, discover_model
from bpa_assets.process_model.checks import CHECKS as BEHAVIOUR_CHECKS
from bpa_assets.process_model.conformance.assets import check_conformance
from bpa_assets.process_model.conformance.checks import CHECKS as CONFORMANCE_CHECKS
from bpa_assets.push_actions import push_actions
from bpa_assets.report.assets import process_report
from bpa_assets.rule_set.assets import find_rules
from bpa_assets.rule_set.checks import CHECKS as RULE_CHECKS
from bpa_resources.kpi_store import KpiStore
from bpa_resources.lake_io import LakeIO
from bpa_resources.process_files import ProcessFiles
from bpa_sensors.actions import approved_actions_wait, push_hourly
from bpa_sensors.alerts import alert_waiting, check_failed, run_failed
from bpa_sensors.inbox import inbox_changed
from bpa_sensors.kpis import kpis_outdated
from bpa_sensors.nightly import nightly_schedules
from bpa_sensors.retirement import inbox_removed

defs = dg.Definitions(
    assets=[
        *(read_event_log, judge_event_log, count_behaviour, discover_model, check_conformance, bottlenecks),
        *(waiting_causes, count_work, sla_breach_factors, find_rules, calibrate_simulation, process_report),
        *(proposed_actions, rule_effect, publication, executed_actions, kpi_assets()),
    ],
    asset_checks=[
        *(*LOG_CHECKS, *BEHAVIOUR_CHECKS, *CONFORMANCE_CHECKS, *WAITING_CHECKS, *RULE_CHECKS, *SIMULATION_CHECKS)
    ],
    jobs=[refresh_process, refresh_kpis, push_actions, decide_action],
    sensors=[
        inbox_changed,
        inbox_removed,
        kpis_outdated,
        approved_actions_wait,
        run_failed,
        check_failed,
        alert_waiting,
    ],
    schedules=[*nightly_schedules(), push_hourly],
    resources={
        "io_manager": LakeIO(),
        "process_files": ProcessFiles(),
        "kpi_store": KpiStore(project_version=project_version()),
        **kpi_resources(),
    },
)
