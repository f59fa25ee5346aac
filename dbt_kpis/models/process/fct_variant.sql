with alignments as (
    select process, variant_id, cost
    from {{ ref('stg_variant_alignment') }}
    where model = 'discovered' and {{ is_replaced() }}
),

reference_alignments as (
    select process, variant_id, cost
    from {{ ref('stg_reference_alignment') }}
    where {{ is_replaced() }}
)

select
    variants.process,
    variants.variant_id,
    variants.activities,
    variants.cases,
    variants.share,
    variants.mean_cycle_seconds,
    variants.median_cycle_seconds,
    alignments.cost = 0 as fits_model,
    reference_alignments.cost = 0 as fits_reference
from {{ ref('stg_variants') }} as variants
left join alignments on variants.process = alignments.process and variants.variant_id = alignments.variant_id
left join reference_alignments
    on variants.process = reference_alignments.process and variants.variant_id = reference_alignments.variant_id
where {{ is_replaced('variants.process') }}
