"""Pages of what is too much to load at once, as the viewer may see it."""

from api.lists.cases import CaseLists
from api.lists.tracks import TrackLists


class RequestLists(TrackLists, CaseLists):
    """The lists of one request."""
