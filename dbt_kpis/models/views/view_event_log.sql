{{ config(alias='Event_log') }}

select
    process as "Process",
    case_id || '-' || event_index as "Event_ID",
    case_id as "Case_ID",
    activity as "Activity",
    start_time as "Event_start",
    end_time as "Event_end",
    resource as "Resource",
    role as "Role",
    cost as "Cost"
from {{ ref('fct_event') }}
