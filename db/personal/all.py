"""What of each table belongs to a person: what their export shows, and what becomes of it when they go (D-81). Data.

Whoever adds a table or a column names it here, or `tests/privacy/test_list.py` fails. Export and deletion follow of it
(`db/queries/personal.py`); what they cannot do by a statement is done by a verb, and the table says so.
"""

from collections.abc import Mapping
from typing import Final

from db.personal.desk import DESK
from db.personal.holding import Holding
from db.personal.house import NOBODYS
from db.personal.music import MUSIC, REQUESTS
from db.personal.people import ACCOUNTS, PROFILES
from db.personal.rights import MONEY, RIGHTS

AREAS: Final[Mapping[str, Mapping[str, Holding]]] = {
    "account": ACCOUNTS,
    "profile": PROFILES,
    "music": MUSIC,
    "requests": REQUESTS,
    "licences": RIGHTS,
    "money": MONEY,
    "support": DESK,
}
"""Tables about people, by the folder of an export that shows them."""
HOLDINGS: Final[Mapping[str, Holding]] = {
    **{table: holding for area in AREAS.values() for table, holding in area.items()},
    **{table: Holding(of="", plain=columns) for table, columns in NOBODYS.items()},
}
"""Every table, by its name."""
