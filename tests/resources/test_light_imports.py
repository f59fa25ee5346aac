"""A part of a library that is left out is loaded when it is used after all, and the rest works without it."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bpa_resources.light_imports import as_if_absent, import_only_parts, import_when_used


def test_a_module_is_loaded_when_somebody_first_looks_into_it() -> None:
    told = _said(
        """
        import sys
        from bpa_resources.light_imports import import_when_used
        import_when_used("email.mime.text")
        from email.mime import text
        print("email.mime.nonmultipart" in sys.modules)
        print(text.MIMEText("hello").get_payload(), "email.mime.nonmultipart" in sys.modules)
        """
    )
    assert told == ["False", "hello True"]


def test_a_part_of_a_package_is_imported_without_the_code_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "costly_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imports everything')")
    (package / "part.py").write_text("answer = 42")
    monkeypatch.syspath_prepend(tmp_path)
    import_only_parts("costly_package")
    from costly_package import part  # type: ignore[import-not-found]

    assert part.answer == 42
    for name in ("costly_package", "costly_package.part"):
        monkeypatch.delitem(sys.modules, name)


def test_a_module_is_absent_only_for_as_long_as_it_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "left_out.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with as_if_absent("left_out"), pytest.raises(ImportError):
        import left_out  # type: ignore[import-not-found]
    import left_out

    with as_if_absent("left_out"):
        import left_out as again

        assert again is left_out
    monkeypatch.delitem(sys.modules, "left_out")


@pytest.mark.parametrize("leave_out", [import_when_used, import_only_parts])
def test_what_is_not_installed_is_told(leave_out: "object") -> None:
    assert callable(leave_out)
    with pytest.raises(ModuleNotFoundError):
        leave_out("no_such_library")


def test_the_miners_are_loaded_without_what_draws_and_solves() -> None:
    told = _said(
        """
        import sys
        import bpa_assets.process_model.discovery.loaded_miners
        from bpa_assets.process_model.discovery.evaluation import Measured, evaluated
        from bpa_assets.process_model.discovery.portfolio import COSTLY, PORTFOLIO
        log = {("a", "b", "d"): 3, ("a", "c", "d"): 2, ("a", "b", "c", "b", "d"): 1}
        found = [evaluated(one, log, log) for one in (*PORTFOLIO, *COSTLY)]
        print([one for one in found if not isinstance(one, Measured) and "Error" in one.why])
        print({"matplotlib", "scipy.optimize._optimize"} & set(sys.modules))
        """
    )
    assert told[-2:] == ["[]", "set()"]


def _said(code: str) -> list[str]:
    """What a new Python prints that runs this."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
