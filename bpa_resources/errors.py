"""The errors a user can cause.

Raise these, and only these, for what a person can put right: the command line shows their text as one line. Anything
else that escapes is a fault of ours and keeps its traceback.
"""


def one_line(text: str) -> str:
    """The text with every run of blanks and line breaks as one blank: what libraries say often has several lines."""
    return " ".join(text.split())


class InputError(Exception):
    """The input or the command was wrong; the text is one sentence that names the file, row or key and what to do."""


class LedgerError(InputError):
    """The ledger cannot be read or changed: whatever was asked of it may be asked again."""
