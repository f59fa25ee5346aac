{# Every row's combination of the columns is a row of the other table. #}
{% test refers_to(model, columns, to, to_columns) %}
select referring.process, {{ columns | join(', ') }}
from {{ model }} as referring
anti join {{ to }} as referred
    on referring.process = referred.process
    {%- for column in columns %}
    and referring.{{ column }} = referred.{{ to_columns[loop.index0] }}
    {%- endfor %}
{% endtest %}
