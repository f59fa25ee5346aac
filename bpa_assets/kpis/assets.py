"""The end of a run, and the KPI database: publishing, and the dbt project as assets."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import dagster as dg
from packaging.version import Version

from bpa_assets.descriptions import OWNERS
from bpa_assets.event_log.inputs import fingerprint_of
from bpa_assets.kpis.project import KPI_PROJECT, manifest
from bpa_assets.kpis.table_facts import with_facts
from bpa_assets.partitions import PROCESSES
from bpa_resources.kpi_store import KpiStore
from bpa_resources.lake_io import lake_of
from bpa_resources.lake_tables import LAKE_TABLES
from bpa_resources.light_imports import as_if_absent

STORED = tuple(name for name in LAKE_TABLES if name != "kpi_snapshot")


@dg.asset(
    partitions_def=PROCESSES,
    group_name="kpis",
    owners=OWNERS,
    kinds={"json"},
    deps=[dg.AssetKey(name) for name in (*STORED, "process_report")],
)
def publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """One row per process: the run that readers see. The one commit of a run, after every blocking check is green."""
    lake = lake_of(context)
    published = lake.publish(assets=STORED, fingerprint=fingerprint_of(lake.files("log_accounting")))
    return dg.MaterializeResult(
        metadata={
            "published_at": published.published_at,
            "fingerprint": published.fingerprint,
            "assets": dg.MetadataValue.json(published.assets),
        }
    )


# What the publication and the kept history are called among the assets; every other source is a stage's table.
_SOURCES = {"published": ["publication"], "kpi_snapshot": ["lake", "kpi_snapshot"], "build": ["lake", "build"]}


def kpi_assets() -> dg.AssetsDefinition:
    """The dbt project as assets; built on demand, because importing dagster_dbt takes its time."""
    _import_dagster_dbt()
    from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets

    class Translator(DagsterDbtTranslator):
        """Sources are the stages' assets; models are assets of the group `kpis`."""

        def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
            name = dbt_resource_props["name"]
            if dbt_resource_props["resource_type"] == "source":
                return dg.AssetKey(_SOURCES.get(name, [name]))
            return dg.AssetKey("kpi_snapshot" if name == "kpi_process" else ["kpis", name])

        def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:  # noqa: ARG002
            return OWNERS

        def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:  # noqa: ARG002
            return "kpis"

    settings = DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True)

    @dbt_assets(manifest=manifest(), name="build_kpis", dagster_dbt_translator=Translator(settings))
    def build_kpis(context: dg.AssetExecutionContext, dbt: DbtCliResource, kpi_store: KpiStore) -> Iterator[Any]:
        """Bring a private copy of the KPI database up to date, and swap it in."""
        with kpi_store.rebuild() as build:
            # The unit tests are about the models, not about the data: the test suite runs them.
            arguments = ["build", "--exclude-resource-type", "unit_test", *build.arguments]
            events = dbt.cli(arguments, context=context, target_path=build.target_path).stream()
            yield from with_facts(events, database=build.database, manifest=manifest())

    return build_kpis


def kpi_resources() -> dict[str, Any]:
    """The dbt command line as a resource, for `kpi_assets`."""
    _import_dagster_dbt()
    from dagster_dbt import DbtCliResource

    class Dbt(DbtCliResource):
        """dbt without what dagster-dbt does before each call and nobody needs here: 6 CPU-seconds a run.

        It would start dbt once more to ask for its version, and load a copy of its adapter into this process for
        column lineage.
        """

        @property
        def _cli_version(self) -> Any:
            return Version(version("dbt-core"))  # the one of this environment

        def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:  # noqa: ARG002
            return None

    project = str(KPI_PROJECT)
    # Not from the folder it is started in (-P): a project's folders are no packages.
    process = ["-P", "-m", "bpa_assets.kpis.dbt_process", str(manifest().with_suffix(".msgpack"))]
    dbt = Dbt(project_dir=project, profiles_dir=project, dbt_executable=sys.executable, global_config_flags=process)
    return {"dbt": dbt}


def _import_dagster_dbt() -> None:
    """As if dbt were not installed here: it runs in a process of its own, and loading it here too takes 2 s."""
    with as_if_absent("dbt.version"):
        import dagster_dbt.compat  # noqa: F401
