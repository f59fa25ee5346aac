{#
  Per process, aggregates of the model equal aggregates of another table, up to a relative tolerance (0: exactly).
  `equal` is a list of pairs [of the model, of the other table]. A missing row counts as 0, so a process that is
  missing on either side is found.
#}
{% test agrees_with(model, to, equal, where='true', tolerance=0) %}
with ours as (
    select
        process,
        {%- for pair in equal %}
        {{ pair[0] }} as value_{{ loop.index }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ model }}
    where {{ where }}
    group by process
),

theirs as (
    select
        process,
        {%- for pair in equal %}
        {{ pair[1] }} as value_{{ loop.index }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ to }}
    group by process
),

pairs as (
    {%- for pair in equal %}
    select
        process,
        '{{ pair[0] | replace("'", "''") }}' as measure,
        coalesce(ours.value_{{ loop.index }}, 0) as value,
        coalesce(theirs.value_{{ loop.index }}, 0) as expected_value
    from ours
    full join theirs using (process)
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select process, measure, value, expected_value
from pairs
where not abs(value - expected_value) <= {{ tolerance }} * greatest(abs(value), abs(expected_value), 1)
{% endtest %}
