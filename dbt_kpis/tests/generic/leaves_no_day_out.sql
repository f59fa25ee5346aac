{# Every day from a process's first to its last has a row, and wip moves by arrivals less completions. #}
{% test leaves_no_day_out(model) %}
with neighbours as (
    select
        process,
        day,
        wip,
        arrivals,
        completions,
        lag(day) over days as day_before,
        coalesce(lag(wip) over days, 0) as wip_before
    from {{ model }}
    window days as (partition by process order by day)
)

select process, day, day_before, wip, wip_before, arrivals, completions
from neighbours
where day <> day_before + 1 or wip <> wip_before + arrivals - completions
{% endtest %}
