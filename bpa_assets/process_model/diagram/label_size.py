"""How large a task must be for its label, as a viewer wraps it: at spaces, in lines of 12 pixel letters."""

from unicodedata import east_asian_width

_WIDTH, _HEIGHT = 100.0, 80.0
_WIDEST = 300.0
_STEP = 20.0
_PADDING = 14.0
_LINE = 14.5
_WIDE_LETTER, _CAPITAL, _LETTER = 12.5, 8.6, 6.6


def task_size(label: str) -> tuple[float, float]:
    """Width and height in pixels: 100 x 80, wider if the label needs it, then also higher; both even."""
    width = _WIDTH
    while width < _WIDEST and not _fits(label, width):
        width += _STEP
    lines = _lines(label, width - _PADDING)
    return width, max(_HEIGHT, 2 * -(-(lines * _LINE + _PADDING) // 2))


def _fits(label: str, width: float) -> bool:
    room = width - _PADDING
    return _lines(label, room) * _LINE + _PADDING <= _HEIGHT and all(_length(word) <= room for word in label.split())


def _lines(label: str, room: float) -> int:
    """Lines of at most `room` pixels; a word longer than that is broken."""
    lines, used = 1, 0.0
    for word in label.split():
        length = _length(word)
        if used and used + _LETTER + length > room:
            lines, used = lines + 1, 0.0
        used += length + (_LETTER if used else 0.0)
        lines, used = lines + int(used // room), used % room
    return lines


def _length(word: str) -> float:
    return sum(map(_letter, word))


def _letter(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return _WIDE_LETTER
    return _CAPITAL if letter.isupper() else _LETTER
