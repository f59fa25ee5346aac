"""What is added to every request and never changes: how the kinds without a token authenticate.

Add here where else in a request something can stand. Which values, by which kind, is said in the module of the kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bpa_resources.connectors.request_template import Request


@dataclass(frozen=True)
class Fixed:
    """Headers and query parameters that authenticate; `repr` does not show them."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    def apply(self, request: Request, _seconds: float) -> Request:
        """The request with them; one that a template wrote under the same name is replaced."""
        ours = {name.casefold() for name in self.headers}
        headers = {name: value for name, value in request.headers.items() if name.casefold() not in ours}
        query = tuple(pair for pair in request.query if pair[0] not in self.query)
        return replace(request, headers={**headers, **self.headers}, query=(*query, *self.query.items()))

    def forget(self) -> None:
        """They do not change."""
