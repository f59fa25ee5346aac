"""What a run is made from, as one text: the fingerprint that says whether a process is worth refreshing again.

It is taken when the files are read and travels with what was read from them, as metadata of the table
`log_accounting`: a file that changes while the run goes on is not taken for one that was read.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bpa_assets.settings import read_process_config
from bpa_resources.errors import InputError
from bpa_resources.inbox import Inbox, content_digest, fingerprint

if TYPE_CHECKING:
    import pyarrow as pa

_KEY = b"bpa_fingerprint"
_READ_AS_THEY_ARE = ("reference.bpmn", "rules.yaml")


def code_version() -> str:
    """What changes when the code does; a run with another one is worth doing again."""
    return version("bpa")


def inputs_fingerprint(inbox: Inbox, token: str = "", *, digest: Callable[[Path], str] = content_digest) -> str:
    """The fingerprint of an inbox: its logs (with the waiting files of `token`), its configuration, this code.

    A `process.yaml` that is wrong counts by its content: the run that reads it says what is wrong.
    """
    logs = inbox.logs_with(token) if token else inbox.logs()
    config = inbox.beside("process.yaml", token)
    try:
        settings = read_process_config(config).fingerprint()
    except InputError:
        settings = digest(config)
    beside = [inbox.beside(name, token) for name in _READ_AS_THEY_ARE]
    present = (f"{path.name}:{digest(path)}" for path in beside if path.exists())
    return fingerprint(logs, settings, *present, code_version(), digest=digest)


def with_fingerprint(log_accounting: "pa.Table", text: str) -> "pa.Table":
    """The table with the fingerprint of what it was read from."""
    return log_accounting.replace_schema_metadata({_KEY: text.encode()})


def fingerprint_of(log_accounting: Sequence[Path]) -> str:
    """The fingerprint that a stored `log_accounting` was written with; empty for one of an earlier version."""
    import pyarrow.parquet

    metadata = pyarrow.parquet.read_schema(log_accounting[0]).metadata or {}
    return str(metadata.get(_KEY, b"").decode())
