select
    actions.process,
    actions.action_id,
    actions.rule_id,
    actions.case_id,
    actions.action,
    actions.connector,
    actions.operation,
    actions.risk,
    actions.status,
    actions.approved_by,
    actions.reason,
    actions.attempts,
    actions.created_at,
    actions.deadline_at,
    actions.next_at,
    actions.done_at,
    case
        when actions.status <> 'done' then null
        when cases.sla_breached then false
        when not cases.is_open then not cases.sla_breached
    end as sla_met
from {{ source('lake', 'executed_actions') }} as actions
inner join {{ ref('stg_published') }} as published on actions.process = published.process
left join {{ ref('fct_case') }} as cases
    on actions.process = cases.process
    and actions.case_id = cases.case_id
