{# No row of the tables is of a process that the model does not know. #}
{% test knows_every_process_of(model, tables) %}
with named as (
    {%- for table in tables %}
    select distinct process, '{{ table.identifier }}' as table_name from {{ table }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select named.process, named.table_name
from named
left join {{ model }} as known on named.process = known.process
where known.process is null
{% endtest %}
