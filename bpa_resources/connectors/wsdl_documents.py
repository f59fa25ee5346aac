"""WSDL files as zeep reads them, and nothing fetched for it: no network, no entities, no file outside their folder.

Add here what concerns reading them. Which operations they describe is in `wsdl_operations`; calls are in the driver.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from bpa_resources.errors import InputError, one_line

if TYPE_CHECKING:
    from zeep import Client

_LONGEST_BYTES = 20 << 20


class _FilesOfOneFolder:
    """What zeep loads documents with: schemas that lie beside the WSDL or below."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, address: Any) -> bytes:
        """The bytes of a file. Raises InputError for every other address."""
        parts = urlsplit(str(address))
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme not in ("", "file") or not path.is_relative_to(self._folder):
            raise InputError(f"it refers to {str(address)[:80]!r}, outside its folder; put the file beside it")
        if not path.is_file() or path.stat().st_size > _LONGEST_BYTES:
            raise InputError(f"it refers to {path.name!r}, which is not there or too long; put it beside it")
        return path.read_bytes()


def wsdl_client(path: Path) -> "Client":
    """The services of a WSDL file, which never connect to anything.

    Raises InputError for a file that is no WSDL, has a DTD, or refers to what is not beside it.
    """
    from lxml.etree import LxmlError
    from zeep import Client, Settings
    from zeep.exceptions import Error

    settings = Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, force_https=False)
    try:
        files = _FilesOfOneFolder(path.parent.resolve())
        return Client(str(path), transport=files, settings=settings)  # type: ignore[no-untyped-call]
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None
    except (Error, LxmlError, ValueError, LookupError, TypeError, AttributeError, NotImplementedError) as error:
        told = one_line(str(error))[:200]
        raise InputError(f"{path.name}: it is no WSDL that can be used ({type(error).__name__}: {told})") from None
