{{ config(materialized='table') }}
{#
  Decided once, before any mart is touched: dim_process of the file as it was says what every mart was built from.
  It is read through the adapter, not ref: it is this model that dim_process waits for.
#}
{%- set built = adapter.get_relation(database=this.database, schema=target.schema, identifier='dim_process') -%}

with published as (
    select process, run_id from {{ ref('stg_published') }}
),

built as (
    {%- if built and not flags.FULL_REFRESH %}
    select process, run_id from {{ built }}
    {%- else %}
    select process, run_id from published where false
    {%- endif %}
)

select
    process,
    published.run_id as run_id,
    built.run_id as replaced_run_id
from published
full join built using (process)
where published.run_id is distinct from built.run_id
