"""Rows as lines of text in columns, for a terminal."""

import shutil
from collections.abc import Sequence

_GAP = "  "


def print_table(names: Sequence[str], rows: Sequence[Sequence[str]], *, heading: bool = True) -> None:
    """Print the rows below each other; what does not fit into the last column of the window is left to the terminal."""
    lines = [tuple(names), *rows] if heading else list(rows)
    clean = [[" ".join(str(cell).split()) for cell in line] for line in lines]
    widths = [max(len(line[place]) for line in clean) for place in range(len(names))]
    most = max(20, shutil.get_terminal_size((200, 24)).columns // 2)
    for line in clean:
        cells = [cell.ljust(min(width, most)) for cell, width in zip(line, widths, strict=True)]
        print(_GAP.join(cells).rstrip())
