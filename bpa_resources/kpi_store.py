"""The KPI database as a Dagster resource; what it does is in `kpi_database.py`."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from bpa_resources.home import this_home
from bpa_resources.kpi_database import KpiBuild, rebuild


class KpiStore(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The published KPI database of the home."""

    project_version: str = ""
    """Changes with the dbt project: a database built by another version is built anew."""

    @contextmanager
    def rebuild(self) -> Iterator[KpiBuild]:
        """Under the lock: a private database for dbt; swapped in at the end unless an error escapes."""
        with rebuild(this_home(), project_version=self.project_version) as build:
            yield build
