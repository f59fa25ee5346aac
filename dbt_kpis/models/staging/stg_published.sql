select
    process,
    run_id,
    published_at
from {{ source('lake', 'published') }}
