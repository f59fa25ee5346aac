{{ config(alias='Tags') }}

select process as "Process", case_id as "Case_ID", 'open' as "Tag"
from {{ ref('fct_case') }}
where is_open
union all
select process as "Process", case_id as "Case_ID", 'rework' as "Tag"
from {{ ref('fct_case') }}
where rework_events > 0
union all
select process as "Process", case_id as "Case_ID", 'sla_breached' as "Tag"
from {{ ref('fct_case') }}
where sla_breached
