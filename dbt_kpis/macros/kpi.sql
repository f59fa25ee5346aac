{# One KPI as a struct: its name, SQL for its value, for its unit, and for the number of cases or rows it is of. #}
{% macro kpi(name, value, unit, n) -%}
{'kpi': '{{ name }}', 'value': cast({{ value }} as double), 'unit': {{ unit }}, 'n': cast({{ n }} as bigint)}
{%- endmacro %}
