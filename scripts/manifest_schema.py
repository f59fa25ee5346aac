"""Writes bpa_resources/connectors/systems/manifest.schema.json anew: after a change to manifest.py."""

import json

from bpa_resources.connectors.manifest_files import FOLDER, manifest_schema

if __name__ == "__main__":
    text = json.dumps(manifest_schema(), indent=2, sort_keys=True) + "\n"
    (FOLDER / "manifest.schema.json").write_text(text, encoding="utf-8")
