"""The bytes of an Arrow column of texts, for compiled code."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def text_buffers(texts: pa.StringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """All bytes, and where each text begins and (one more) ends; a missing text is taken for an empty one."""
    if texts.null_count:
        texts = texts.fill_null("")
    _, ends, data = texts.buffers()
    places = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data or b"", np.uint8), places
