"""`bpa run --write-config`: write down how a log would be read, for a person to correct; nothing is run."""

import shlex
import tempfile
from pathlib import Path

import yaml

from bpa_assets.event_log.findings import findings
from bpa_assets.event_log.inferred_settings import inferred_settings
from bpa_assets.event_log.milestones import WideFileError
from bpa_assets.event_log.opened_sources import look_at
from bpa_assets.event_log.records import Counts
from bpa_assets.settings import ProcessConfig, Source, config_text, read_process_config
from bpa_cli.report import command, typed_path
from bpa_cli.run import Request, process_of
from bpa_resources.environment import memory_bytes
from bpa_resources.errors import InputError, one_line
from bpa_resources.home import this_home
from bpa_resources.inbox import Inbox
from bpa_resources.publication import replace_file
from bpa_resources.yaml_lines import with_section


def write_config(request: Request, file: Path) -> int:
    """Write the file and show it; returns the exit status. Never writes over a file. Errors: InputError."""
    if file.exists() or file.is_symlink():
        raise InputError(f"{file} exists already; name another: --write-config FILE")
    if not file.parent.is_dir():
        raise InputError(f"{file.parent} is no folder; make it, or name another")
    process = process_of(request, this_home())
    inbox = Inbox(this_home().inbox(process))
    logs = list(request.logs) or inbox.logs()
    if not logs:
        raise InputError(f"the inbox of {process} holds no log; give one: bpa run LOG --write-config")
    known = request.config or inbox.beside("process.yaml")
    section = _section(logs, read_process_config(known))
    text = with_section(config_text(known), "source", section, file=known.name)
    replace_file(file, text.encode())
    again = shlex.join(typed_path(log) for log in request.logs) or f"--process {process}"
    print(f"{text}\nis written to {file}; correct it, then: {command('bpa')} run {again} --config {typed_path(file)}")
    return 0


def _section(logs: list[Path], config: ProcessConfig) -> str:
    """The lines of `source`, what was inferred and assumed above them."""
    try:
        settings, told = _look(logs, config)
    except WideFileError as wide:
        source = Source.model_validate(wide.settings | config.source.model_dump(exclude_unset=True))
        settings, told = _look(logs, config.model_copy(update={"source": source}))
    notes = "".join(f"# {one_line(sentence)}\n" for sentence in told)
    return notes + yaml.safe_dump({"source": settings}, sort_keys=False, allow_unicode=True, width=10_000)


def _look(logs: list[Path], config: ProcessConfig) -> tuple[dict[str, str | list[str]], list[str]]:
    folder = this_home().folder / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        mapped = look_at(logs, scratch=Path(scratch), config=config, memory_bytes=memory_bytes())
        return inferred_settings(mapped, config.source), [*findings(mapped, config, Counts())]
