"""The key of a process: what a file name stands for, and what may become the name of a folder.

Contract: docs/contracts.md, "Files of a process".
"""

import re
import unicodedata

from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import shown

LOG_EXTENSIONS = (".xes", ".csv", ".tsv", ".txt", ".parquet", ".gz")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def process_key(name: str) -> str:
    """Return the process key that a file name stands for: `Loan Application.xes.gz` gives `loan-application`.

    Raises InputError when nothing is left of the name.
    """
    stem = unicodedata.normalize("NFC", name).strip().lower()  # macOS hands over é as e and an accent
    while stem.endswith(LOG_EXTENSIONS):
        stem = stem[: stem.rindex(".")]
    key = re.sub("[^a-z0-9]+", "-", stem).strip("-")[:63].rstrip("-")
    if not key:
        raise InputError(f"no process key can be made of the file name {shown(name)}; name the process: use --process")
    return key


def check_process_key(key: str) -> str:
    """Return `key` if it is a process key; it becomes a folder, so anything else raises InputError."""
    if not _KEY.fullmatch(key):
        raise InputError(
            f"{shown(key)} is not a process key; write lower-case letters, digits and '-', at most 63, "
            "beginning with a letter or digit, such as loan-application"
        )
    return key
