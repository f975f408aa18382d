"""What the ledger does not take. Nobody can put these right by trying again with other words: they are bugs, and loud."""

from db.bookkeeping import Place, Source


class JournalChanged(Exception):  # noqa: N818 -- a fact that its name says whole
    """The cause has its journal, and that one says something else."""

    def __init__(self, source: Source) -> None:
        super().__init__(f"{source.kind} {source.id} was entered before, with another content")


class AccountOverdrawn(Exception):  # noqa: N818 -- a fact that its name says whole
    """More would be taken from an account than is there, and this account never goes below zero."""

    def __init__(self, place: Place, minor: int) -> None:
        account, currency = place
        super().__init__(f"{account} would have {minor} {currency}")
