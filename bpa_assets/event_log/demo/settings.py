"""The process.yaml of the demo: what a person would say about this process.

Add a key when `process.yaml` learns one that the demo should show.
"""

from bpa_assets.event_log.demo.process import BOTS, POOLS, SLA_DAYS

_PER_HOUR = {"Credit analyst": 48, "Sales manager": 70, "Director": 120, "Warehouse": 28, "Quality": 36, "System": 0}
_OTHERS = 34


def process_yaml() -> str:
    """The text of the file."""
    roles = {pool.role: _PER_HOUR.get(pool.role, _OTHERS) for pool in POOLS}
    rates = ", ".join(f"{role}: {rate}" for role, rate in roles.items())
    return (
        "name: Order to cash\n"
        "ends: [Receive payment, Cancel order]\n"
        f"sla: {{cycle_time: {SLA_DAYS}d}}\n"
        f"cost: {{currency: EUR, per_hour: {{{rates}}}}}\n"
        f"automation: {{resources: [{', '.join(BOTS)}]}}\n"
    )
