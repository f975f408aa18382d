"""Why nothing is exported, and accounts are not deleted."""

from dataclasses import dataclass

from api.refusals import TooMuch


@dataclass(eq=False)
class TooManyExports(TooMuch):
    message: str = (
        "You have asked for your data today. The archive that is there can be downloaded, or ask tomorrow."
    )
