"""Importing large libraries without the parts of them that are never used here: seconds of a run of any size.

Add here a way to leave something out; which part of a library is not needed is known, and said, where it is imported.
"""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


def import_when_used(name: str) -> None:
    """Load this module when somebody first looks into it, not when somebody imports it (the recipe of importlib)."""
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    package, _, last = name.rpartition(".")
    if package:
        setattr(sys.modules[package], last, module)


def import_only_parts(*packages: str) -> None:
    """Let modules of these packages be imported without the packages' own code, which imports all of the others.

    In the order outermost first, and only in a process that needs nothing of the packages but the modules it names.
    """
    for name in packages:
        if name in sys.modules:
            continue
        spec = importlib.util.find_spec(name)
        if spec is None or spec.submodule_search_locations is None:
            raise ModuleNotFoundError(name)
        package = ModuleType(name)
        package.__spec__, package.__path__ = spec, list(spec.submodule_search_locations)
        sys.modules[name] = package


@contextmanager
def as_if_absent(name: str) -> Iterator[None]:
    """Within it, a module that is not loaded yet cannot be imported: who can do without does without it."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = cast(ModuleType, None)  # what the import system takes as "is not there"
    try:
        yield
    finally:
        del sys.modules[name]
