"""`SharedState` of a test of one process: nothing is limited, no circuit opens."""

from datetime import datetime

from bpa_resources.connectors.call import Limits


class FreeState:
    def take_token(self, connection: str, limits: Limits, now: datetime) -> datetime | None:
        return None

    def limit_until(self, connection: str, until: datetime) -> None:
        pass

    def circuit_allows(self, connection: str, now: datetime) -> datetime | None:
        return None

    def circuit_record(self, connection: str, *, ok: bool, now: datetime) -> None:
        pass
