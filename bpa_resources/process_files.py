"""The inbox of the process that a run is about, as a Dagster resource."""

import dagster as dg

from bpa_resources.home import this_home
from bpa_resources.inbox import Inbox


class ProcessFiles(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Hands out the inbox of a process."""

    def inbox(self, process: str) -> Inbox:
        """The inbox of a process."""
        return Inbox(this_home().inbox(process))
