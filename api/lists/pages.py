"""Pages of what is too much to load at once, as the viewer may see it."""

from api.lists.backstage import BackstageLists
from api.lists.beat_matches import BeatMatchLists
from api.lists.cases import CaseLists
from api.lists.collections import CollectionLists
from api.lists.events import EventLists
from api.lists.ledger import LedgerLists
from api.lists.licences import LicenceLists
from api.lists.moderation import ModerationLists
from api.lists.network import NetworkLists
from api.lists.notices import NoticeLists
from api.lists.payouts import PayoutLists
from api.lists.pool import PoolLists
from api.lists.purchases import PurchaseLists
from api.lists.recon import ReconLists
from api.lists.requests import BeatRequestLists
from api.lists.statements import StatementLists
from api.lists.submissions import SubmissionLists
from api.lists.suggestions import Suggestions
from api.lists.support import SupportLists
from api.lists.takedowns import TakedownLists
from api.lists.tracks import TrackLists


class RequestLists(
    TrackLists,
    CollectionLists,
    ReconLists,
    CaseLists,
    NoticeLists,
    LicenceLists,
    PurchaseLists,
    StatementLists,
    LedgerLists,
    PoolLists,
    PayoutLists,
    BackstageLists,
    BeatRequestLists,
    SubmissionLists,
    BeatMatchLists,
    NetworkLists,
    EventLists,
    SupportLists,
    ModerationLists,
    TakedownLists,
    Suggestions,
):
    """The lists of one request."""
