"""The figures behind the checks of the log."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet

from bpa_resources.exact_paths import exact_path

# Everything over columns that are short to read; `lag` without a partition streams over the stored order.
_FAULTS = """
with step as (
    select
        case_id, activity, case_code, event_index, start_time, end_time,
        lag(case_code) over () as earlier_case,
        lag(event_index) over () as earlier_index,
        lag(start_time) over () as earlier_start
    from read_parquet($files)
)
select
    count(*) filter (case_id is null) as without_case,
    count(*) filter (activity is null) as without_activity,
    count(*) filter (start_time is null or end_time is null) as without_time,
    count(*) filter (end_time < start_time) as ends_before_it_starts,
    count(*) filter (case_code < earlier_case) as case_split,
    count(*) filter (event_index <> case when case_code = earlier_case then earlier_index + 1 else 0 end)
        as numbered_wrong,
    count(*) filter (case_code = earlier_case and start_time < earlier_start) as out_of_order
from step
"""


@dataclass(frozen=True)
class Accounts:
    """What became of every record."""

    rows_read: int
    events: int
    rejected_events: int
    rows_paired: int
    inserted_events: int = 0

    @classmethod
    def of(cls, log_accounting: Sequence[Path]) -> "Accounts":
        """From the table `log_accounting`."""
        columns = list(cls.__dataclass_fields__)
        return cls(**pyarrow.parquet.read_table(list(log_accounting), columns=columns).to_pylist()[0])

    @property
    def rejected_share(self) -> float:
        """Refused records as a share of all that were read."""
        return self.rejected_events / self.rows_read if self.rows_read else 0.0

    def add_up(self) -> bool:
        """Whether nothing was lost."""
        return self.rows_read == self.events - self.inserted_events + self.rejected_events + self.rows_paired

    def as_dict(self) -> dict[str, int]:
        """The figures by name."""
        return asdict(self)


@dataclass(frozen=True)
class Imputed:
    """One column that was filled in; shares of 1."""

    column_name: str
    filled: int
    accuracy: float
    plain_accuracy: float
    drift: float

    @classmethod
    def of(cls, imputation: Sequence[Path]) -> list["Imputed"]:
        """The columns of the table `imputation` in which anything was filled in."""
        rows = pyarrow.parquet.read_table(list(imputation), columns=list(cls.__dataclass_fields__)).to_pylist()
        unknown = {"plain_accuracy": 0.0, "drift": 0.0}  # of inserted events
        return [cls(**{**row, **{k: row[k] or v for k, v in unknown.items()}}) for row in rows if row["filled"]]


def count_faults(event_log: Sequence[Path]) -> dict[str, int]:
    """Rows of a stored log that no later stage could use, by kind of fault."""
    import duckdb

    with duckdb.connect() as connection:
        result = connection.execute(_FAULTS, {"files": [exact_path(file) for file in event_log]})
        names = [column[0] for column in result.description or ()]
        return dict(zip(names, result.fetchall()[0], strict=True))
