"""Secrets by reference: `{env: NAME}` or `{file: PATH}` in connections.yaml, read when a connection is used.

Add here another place that secrets can lie in. A value itself never stands in a file of settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bpa_resources.environment import variable
from bpa_resources.errors import InputError

_LONGEST_FILE = 64 << 10


@dataclass(frozen=True)
class SecretReference:
    """Where a secret lies. `place`: name of a variable, or path of a file (a relative one lies in the home)."""

    kind: Literal["env", "file"]
    place: str

    @classmethod
    def read(cls, value: object) -> "SecretReference | None":
        """The reference that a value of connections.yaml is; None where it is none."""
        if isinstance(value, Mapping) and len(value) == 1:
            ((kind, place),) = value.items()
            if kind in ("env", "file") and isinstance(place, str) and place:
                return cls(kind, place)
        return None

    def value(self, home: Path, *, asked_by: str) -> str:
        """The secret. `asked_by`: who needs it, for the error.

        Raises InputError where nothing is there, and for what cannot be sent, such as a line break within.
        """
        text = variable(self.place) if self.kind == "env" else self._content(home, asked_by)
        text = (text or "").strip("\r\n")
        if not text.strip():
            what = f"the variable {self.place} is not set" if self.kind == "env" else f"{self.place} is empty"
            raise InputError(f"{asked_by}: {what}; put the secret there")
        return text

    def _content(self, home: Path, asked_by: str) -> str:
        try:
            with (home / self.place).open("rb") as file:
                return file.read(_LONGEST_FILE).decode()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"{asked_by}: {self.place} could not be read ({type(error).__name__}); put the secret there"
            ) from None
