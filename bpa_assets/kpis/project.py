"""Where the dbt project is, and its manifest, made anew when a model has changed."""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock

from bpa_resources.environment import user_cache

KPI_PROJECT = Path(__file__).resolve().parent.parent.parent / "dbt_kpis"
_SUFFIXES = {".sql", ".yml", ".md"}


def manifest() -> Path:
    """The manifest of the project as it is now; parsing it takes seconds, so it is kept by content and dbt's version.

    Beside it, with the suffix `.msgpack`, lies the same as dbt itself keeps it.
    """
    kept = _cache() / f"manifest-{project_version()}-{version('dbt-core')}.json"
    if not kept.exists():
        with FileLock(kept.with_suffix(".lock")):
            if not kept.exists():
                _parse(kept)
    return kept


def project_version() -> str:
    """A digest of everything that the project is made of."""
    files = sorted(
        path
        for path in KPI_PROJECT.rglob("*")
        if path.suffix in _SUFFIXES and not {"target", "logs"} & set(path.relative_to(KPI_PROJECT).parts)
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(KPI_PROJECT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _cache() -> Path:
    """Beside the project; where that may not be written, the user's cache."""
    folder = KPI_PROJECT / "target"
    if not os.access(KPI_PROJECT, os.W_OK):
        folder = user_cache()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _parse(kept: Path) -> None:
    # In a process of its own: loaded here together with Great Expectations, dbt's DuckDB adapter leaves references
    # behind, of which the binding complains on stderr when the process ends.
    dbt = str(Path(sys.executable).parent / "dbt")
    target = kept.with_suffix(".parsing")
    arguments = ["--quiet", "parse", "--project-dir", str(KPI_PROJECT), "--profiles-dir", str(KPI_PROJECT)]
    command = [dbt, *arguments, "--target-path", str(target), "--log-path", str(target)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own, no user text)
    if result.returncode:
        raise RuntimeError(f"the dbt project does not parse: {result.stdout or result.stderr}")
    (target / "partial_parse.msgpack").rename(kept.with_suffix(".msgpack"))
    (target / "manifest.json").rename(kept)
    shutil.rmtree(target)
