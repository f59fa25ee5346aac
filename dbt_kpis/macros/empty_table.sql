{# No rows, with the columns and types that the model's yml declares: for a table whose stage is not built yet. #}
{% macro empty_table() -%}
select
    {%- for column in model.columns.values() %}
    cast(null as {{ column.data_type }}) as "{{ column.name }}"{{ "," if not loop.last }}
    {%- endfor %}
where false
{%- endmacro %}
