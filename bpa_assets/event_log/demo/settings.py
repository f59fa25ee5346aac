"""What a person would say about the process of the demo: its process.yaml, rules.yaml and connections.yaml.

Add a key when one of them learns one that the demo should show.
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
        "goals: {cost_reduction: 0.10, cycle_time_reduction: 0.15, changes: 8}\n"
        'labour: {hours: "07:00-19:00", days: mon-fri, longest_shift: 9h, longest_week: 40h}\n'
        "eligibility: {Check credit: {automate: {effort: 0.3, per_case: 0.50}}}\n"
        "policy: {owner: olivia@example.com, approvers: [ann@example.com, bob@example.com], deadline: 14d}\n"
        "push:\n"
        "  enabled: true\n"
        "  actions:\n"
        "    escalate:\n"
        "      connection: desk\n"
        "      operation: create_ticket\n"
        "      input:\n"
        "        title: 'Order {case_id} may be late'\n"
        "        text: '{sentence} Its value is {order_value}.'\n"
        "        case: '{case_id}'\n"
        "        priority: '{priority}'\n"
    )


def rules_yaml() -> str:
    """The text of the rules: one that an analyst accepted, because the mined ones say so."""
    return (
        "rules:\n"
        "  - name: Waiting for a supplier\n"
        "    at: after Prepare shipping papers\n"
        "    condition: times_order_from_supplier > 0\n"
        "    action: {name: escalate, to: Sales manager, priority: high}\n"
    )


def connections_yaml() -> str:
    """The text of the connections: the ticket desk of `bpa demo-target`."""
    return 'desk: {system: demo_target, url: "http://127.0.0.1:8099"}\n'
