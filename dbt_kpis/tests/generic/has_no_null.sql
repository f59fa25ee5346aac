{# None of the columns is ever null. #}
{% test has_no_null(model, columns) %}
select process, {{ columns | join(', ') }}
from {{ model }}
where not ({{ columns | join(' is not null and ') }} is not null)
{% endtest %}
