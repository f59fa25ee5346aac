"""dbt in a process of its own, as the dbt command is, but quicker to its end: `python -m bpa_assets.kpis.dbt_process`.

It takes the project as it was parsed instead of parsing it again, and forms no message that nobody is shown. What is
built, tested and told is the same. Which models are built, and where, is the caller's.
"""

import gc
import sys
from pathlib import Path
from typing import Any

_FAILED, _BROKEN = 1, 2
"""As dbt's own: a model or a test failed; nothing could be done at all."""


def main(arguments: list[str]) -> int:
    """Run `dbt ARGUMENTS[1:]` with the manifest stored in ARGUMENTS[0]; returns its exit status."""
    gc.disable()  # it lives for seconds, and importing dbt alone would be searched for garbage again and again
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    ctx_set_event_manager(_manager())
    manifest: Any = Manifest.from_msgpack(Path(arguments[0]).read_bytes())
    manifest.build_flat_graph()
    ended = dbtRunner(manifest=manifest).invoke(arguments[1:])
    if ended.exception is not None:
        print(ended.exception, file=sys.stderr)
        return _BROKEN
    return 0 if ended.success else _FAILED


def _manager() -> Any:
    """An event manager without debug messages: nine of ten, made and formatted before they are thrown away."""
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.event_manager import EventManager

    class WithoutDebug(EventManager):
        """Forgets a debug message before anything is done about it."""

        def fire_event(self, e: Any, level: Any = None, *arguments: Any, **named: Any) -> None:
            if (level or e.level_tag()) != EventLevel.DEBUG:
                super().fire_event(e, level, *arguments, **named)

    return WithoutDebug()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
