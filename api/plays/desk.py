"""Where a web process takes plays: those that come at once share a transaction."""

from api.gathering import Gathering
from api.plays.opening import Opening, open_plays
from api.plays.reporting import Report, report_plays
from api.refusals import Refused
from db.ids import PlayId
from db.session import Sessions


class PlayDesk:
    """Opens plays, and takes reports of them; each is answered when it is committed."""

    def __init__(self, sessions: Sessions) -> None:
        self._openings = Gathering(sessions, open_plays)
        self._reports = Gathering(sessions, report_plays)

    async def open(self, opening: Opening) -> PlayId:
        """Open a play.

        Raises:
            Refused: The track is not to be heard, or too many plays were opened.
        """
        return _done(await self._openings.put(opening))

    async def report(self, report: Report) -> PlayId:
        """Take a report.

        Raises:
            Refused: There is no such play, or nobody can have heard so much of it.
        """
        return _done(await self._reports.put(report))


def _done(answer: PlayId | Refused) -> PlayId:
    if isinstance(answer, Refused):
        raise answer
    return answer
