"""What the compiled kernels share: how they are compiled, and looking at eight bytes at a time.

Add here only what several of them need and what hardly ever changes: Numba's cache does not notice a change here, so
after one delete the `__pycache__` beside this file.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba  # noqa: TID253 - kernels are imported only where a large file is read
from llvmlite import ir  # type: ignore[import-untyped]
from numba.extending import intrinsic  # noqa: TID253

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def kernel(function: Compiled) -> Compiled:
    """Compile, cached on disk; an install where nothing can be cached compiles anew in each process.

    A kernel may make no array: it is handed all it writes to. Numba then counts no references, which it does one by
    one and locked, at every view and every array handed on: half of the engine's time, and more with several threads.
    """
    return _cached(function, makes_arrays=False)


def allocating_kernel(function: Compiled) -> Compiled:
    """Compile, cached, what makes arrays itself; its inner parts may not."""
    return _cached(function, makes_arrays=True)


def inner(function: Compiled) -> Compiled:
    """Compile as a part of the kernels that call it; it makes no array."""
    return _compiled(function, _nrt=False)


def _cached(function: Compiled, *, makes_arrays: bool) -> Compiled:
    try:
        return _compiled(function, cache=True, _nrt=makes_arrays)
    except RuntimeError:  # no folder for the cache can be written
        return _compiled(function, _nrt=makes_arrays)


def _compiled(function: Compiled, **options: bool) -> Compiled:
    njit: Any = numba.njit  # `_nrt` is in its manual for extensions, and not in its types
    return cast(Compiled, njit(nogil=True, **options)(function))


def _word(_: Any, array: Any, at: Any) -> Any:  # noqa: ARG001 # pragma: no cover - runs only to compile
    """Read the eight bytes of `array` from `at` on as a uint64; there must be eight."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        pointer = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(64).as_pointer())
        return builder.load(pointer, align=1, typ=ir.IntType(64))

    return numba.types.uint64(array, numba.types.intp), generate


def _trailing_zeros(_: Any, word: Any) -> Any:  # noqa: ARG001 # pragma: no cover - runs only to compile
    """Count the zero bits below the lowest one of a uint64 that is not 0."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return numba.types.int64(numba.types.uint64), generate


word: Any = intrinsic(_word)
trailing_zeros: Any = intrinsic(_trailing_zeros)
