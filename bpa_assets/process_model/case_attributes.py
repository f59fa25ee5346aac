"""The case-level attributes of each case as one map of texts, for tables that hold every process's cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.process_model.case_parts import Flags

_LARGE = pa.large_string()  # the texts of all cases together may pass the 2 GB of a string array


def attribute_maps(parts: Sequence[Sequence[pa.Array]], names: Sequence[str], cases: Sequence[int]) -> list[pa.Array]:
    """The maps of each part of the cases: attribute → text, absent ones left out.

    `parts`: a column an attribute; `cases`: how many cases a part holds. Where values repeat, maps hold codes of texts:
    a third of the CPU of texts and a fifth of the memory. Where they do not, codes would cost ten times the CPU.
    """
    if not names:
        return [_maps(np.empty((count, 0), dtype=np.bool_), pa.array([], pa.string()), names) for count in cases]
    columns = [_Coded.of([part[place] for part in parts]) for place in range(len(names))]
    repeating = 2 * sum(column.distinct for column in columns) <= sum(cases) * len(names)
    return [_maps(known, items, names) for known, items in (_codes(columns) if repeating else _texts(columns))]


@dataclass(frozen=True)
class _Coded:
    """The parts of a column as codes of texts; `distinct`: at most so many values; `one`: one dictionary for all."""

    parts: Sequence[pa.DictionaryArray]
    distinct: int
    one: bool

    @classmethod
    def of(cls, parts: Sequence[pa.Array]) -> "_Coded":
        if pa.types.is_dictionary(parts[0].type):
            return cls(parts, sum(len(part.dictionary) for part in parts), len(parts) == 1)
        chunks = pa.chunked_array(parts).dictionary_encode().chunks
        texts = chunks[0].dictionary.cast(pa.string())  # every number becomes a text once: a million cost 0.1 s
        return cls([pa.DictionaryArray.from_arrays(chunk.indices, texts) for chunk in chunks], len(texts), True)

    def unified(self) -> Sequence[pa.DictionaryArray]:
        """The parts with one dictionary for all."""
        return self.parts if self.one else pa.chunked_array(self.parts).unify_dictionaries().chunks


def _codes(columns: Sequence[_Coded]) -> Iterator[tuple[Flags, pa.Array]]:
    """Of each part, which attributes its cases have (a row a case), and codes of their texts, case by case."""
    unified = [column.unified() for column in columns]
    dictionaries = [parts[0].dictionary.cast(_LARGE) for parts in unified]
    # Values of two attributes may have the same text; a dictionary that holds one twice is written wrongly.
    texts = pa.concat_arrays(dictionaries).dictionary_encode()
    ends = np.cumsum([len(dictionary) for dictionary in dictionaries])
    code_of = [np.append(codes, np.int32(-1)) for codes in np.split(texts.indices.to_numpy(), ends[:-1])]
    for parts in zip(*unified, strict=True):
        indices = [part.indices.fill_null(-1).to_numpy() for part in parts]
        codes = np.stack([one[index] for one, index in zip(code_of, indices, strict=True)], axis=1)
        known = codes >= 0
        yield known, pa.DictionaryArray.from_arrays(codes[known], texts.dictionary)


def _texts(columns: Sequence[_Coded]) -> Iterator[tuple[Flags, pa.Array]]:
    """The same with the texts themselves."""
    for parts in zip(*(column.parts for column in columns), strict=True):
        cases = len(parts[0])
        by_case = np.arange(cases * len(parts)).reshape(len(parts), cases).T.ravel()
        texts = pa.concat_arrays([part.dictionary_decode() for part in parts]).take(pa.array(by_case))
        known = texts.is_valid()
        yield known.to_numpy(zero_copy_only=False).reshape(cases, len(parts)), pc.filter(texts, known)


def _maps(known: Flags, items: pa.Array, names: Sequence[str]) -> pa.Array:
    """Maps of the known attributes (a row a case) and their texts, case by case."""
    offsets = np.zeros(len(known) + 1, dtype=np.int32)
    np.cumsum(np.count_nonzero(known, axis=1), out=offsets[1:])
    codes = np.broadcast_to(np.arange(len(names), dtype=np.int32), known.shape)[known]
    keys = pa.DictionaryArray.from_arrays(codes, pa.array(list(names), pa.string()))
    return pa.MapArray.from_arrays(pa.array(offsets), keys, items)
