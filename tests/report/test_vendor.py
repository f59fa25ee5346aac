"""The libraries of other people that the report holds: whole, the version that was tested, with their licences."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

SHIPPED = REPOSITORY / "bpa_assets" / "report" / "page" / "vendor"
TESTED = Path(__file__).parent / "vendor"
TABLES = REPOSITORY / "tests" / "rule_set" / "vendor"


def manifest(folder: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text())
    return entries


@pytest.mark.parametrize("folder", [SHIPPED, TESTED, TABLES], ids=["shipped", "tested", "tables"])
def test_every_library_is_what_the_manifest_says(folder: Path) -> None:
    entries = manifest(folder)
    assert {one["file"] for one in entries} == {
        path.name for path in folder.iterdir() if path.suffix in (".js", ".css")
    }
    for one in entries:
        assert hashlib.sha256((folder / one["file"]).read_bytes()).hexdigest() == one["sha256"], one["file"]


@pytest.mark.parametrize("folder", [SHIPPED, TESTED, TABLES], ids=["shipped", "tested", "tables"])
def test_every_library_comes_with_the_text_of_its_licence(folder: Path) -> None:
    for one in manifest(folder):
        text = (folder / one["license_file"]).read_text()
        assert text.startswith(f"{one['name']} {one['version']}\n")
        assert re.search("Permission is hereby granted|Mozilla Public License", text), one["name"]
        assert "no text is shipped" not in text


def test_the_licence_of_bpmn_js_names_its_mark_and_all_that_its_bundle_holds() -> None:
    text = (SHIPPED / "bpmn-js.LICENSE.txt").read_text()
    assert "watermark must stay fully visible" in " ".join(text.split())
    assert {"diagram-js", "bpmn-moddle", "preact", "saxen"} <= set(re.findall(r"^(\S+) \d+\.\d+\.\d+$", text, re.M))


def test_the_lock_file_names_the_versions_that_are_here_and_no_place() -> None:
    lock = json.loads((SHIPPED / "package-lock.json").read_text())["packages"]
    for one in [*manifest(SHIPPED), *manifest(TESTED), *manifest(TABLES)]:
        locked = lock[f"node_modules/{one['name']}"]
        assert locked["version"] == one["version"]
        assert locked["integrity"].startswith("sha512-")
    assert not any("resolved" in package for package in lock.values())


def test_plotly_in_the_browser_is_the_one_that_plotly_in_python_writes_for() -> None:
    offline = pytest.importorskip("plotly.offline", reason="plotly is not installed")
    versions = {one["name"]: one["version"] for one in manifest(SHIPPED)}
    assert versions["plotly.js-basic-dist-min"] == offline.get_plotlyjs_version()
