{#
  Marts are incremental by process. Three macros make a model so; macros of a fourth kind do not belong here.
  name_replaced_processes and forget_replaced_processes are its pre-hooks, is_replaced goes into its `where`.
#}

{# Names the processes to replace in a session variable: as a constant it lets DuckDB skip the files of all others. #}
{% macro name_replaced_processes() -%}
    set variable replaced_processes = (
        select coalesce(list(process), []) from {{ ref('changed_processes') }}
    )
{%- endmacro %}

{# Removes their rows first, so that a process with no rows any more, or no longer published, loses its old ones. #}
{% macro forget_replaced_processes() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where process in getvariable('replaced_processes')
    {%- endif -%}
{%- endmacro %}

{# True for the rows that this build reads. #}
{% macro is_replaced(process='process') -%}
    {%- if is_incremental() -%}
    {{ process }} in getvariable('replaced_processes')
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}
