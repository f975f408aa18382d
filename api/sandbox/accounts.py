"""Accounts of those who are paid: recipients, who receive transfers and have them paid out to their bank."""

from typing import Any, Final

from api.sandbox import account_states, instants
from api.sandbox.account_states import Known
from api.sandbox.balance import balances
from api.sandbox.books import Books
from api.sandbox.errors import invalid, unserved
from api.sandbox.fields import changes, metadata
from api.sandbox.given import Given
from api.sandbox.ids import new_id
from api.sandbox.lists import newer_page
from api.sandbox.serving import Call, serves
from api.sandbox.shapes import whole
from api.sandbox.thin_events import tell
from api.sandbox.trees import Json

_KIND: Final = "v2.core.account"
_INCLUDED: Final = ("configuration", "defaults", "future_requirements", "identity", "requirements")
"""Fields that are null unless they are asked for by name."""
_FIELDS: Final = ("contact_email", "contact_phone", "display_name", "dashboard")
_PERSON: Final = ("given_name", "surname", "email", "phone", "address", "date_of_birth")


@serves("POST", "/v2/core/accounts")
def create_account(call: Call) -> Json:
    given, books = call.given, call.books
    _check_recipient(given.inner("configuration"))
    account_id, moment = new_id("acct"), instants.written(books.now)
    account = books.add(
        {
            "id": account_id,
            "object": _KIND,
            "applied_configurations": ["recipient"],
            "closed": False,
            "configuration": {"recipient": {"applied": True}},
            "created": moment,
            "defaults": _defaults(books, given.inner("defaults")),
            "identity": _identity(account_id, moment, given.inner("identity")),
            "livemode": False,
            "metadata": metadata(given),
            **changes(given, *_FIELDS),
        }
    )
    facts = {"id": _facts_id(account_id), "object": "account.facts", **Known().kept()}
    books.store.add(books.owner, "account.facts", books.now, facts)
    tell(books, "v2.core.account.created", account)
    know(books, account_id, Known())
    return _shown(books, account_id, given)


def _check_recipient(given: Given) -> None:
    """Recipients are all that is served."""
    for name in ("customer", "merchant"):
        if name in given:
            raise unserved(f"the {name} configuration", param=given.place(name))
    if "recipient" not in given:
        raise invalid("An account needs the recipient configuration here.", param="configuration")
    balance = given.inner("recipient").inner("capabilities").inner("stripe_balance")
    if not balance.inner("stripe_transfers").get("requested"):
        raise invalid(
            "A recipient needs the capability stripe_balance.stripe_transfers.", param="configuration"
        )


def _defaults(books: Books, given: Given) -> Json:
    responsible = given.inner("responsibilities")
    return {
        "currency": given.get("currency", books.platform.currency),
        "locales": given.get("locales"),
        "profile": given.get("profile"),
        "responsibilities": {
            "fees_collector": responsible.get("fees_collector", "application"),
            "losses_collector": responsible.get("losses_collector", "application"),
            "requirements_collector": "stripe",
        },
    }


def _identity(account_id: str, moment: str, given: Given) -> Json:
    individual = given.inner("individual")
    made: Json = {"country": given.get("country", "ca"), "entity_type": given.get("entity_type")}
    if individual:
        made["individual"] = person(account_id, moment, changes(individual, *_PERSON))
    return made


def person(account_id: str, moment: str, fields: Json) -> Json:
    """Who the account belongs to."""
    return whole(
        {
            "id": new_id("person"),
            "object": "v2.core.account_person",
            "account": account_id,
            "created": moment,
            "livemode": False,
            "updated": moment,
            **fields,
        }
    )


@serves("POST", "/v2/core/accounts/{id}")
def update_account(call: Call) -> Json:
    given, books = call.given, call.books
    account = books.get(_KIND, call.id)
    if "configuration" in given:
        _check_recipient(given.inner("configuration"))
    books.change(account, **changes(given, *_FIELDS), metadata=metadata(given, account["metadata"]))
    identity = given.inner("identity")
    if identity:
        new = {**account["identity"], **changes(identity, "country", "entity_type")}
        books.change(account, identity=new)
        tell(books, "v2.core.account[identity].updated", account)
    tell(books, "v2.core.account.updated", account)
    return _shown(books, account["id"], given)


@serves("GET", "/v2/core/accounts/{id}")
def retrieve_account(call: Call) -> Json:
    return _shown(call.books, call.id, call.given)


@serves("GET", "/v2/core/accounts")
def list_accounts(call: Call) -> Json:
    """Newest first, each without what has to be asked for."""
    given = call.given
    given.only(applied_configurations=["recipient"])
    found = newer_page(call, _KIND, "/v2/core/accounts", closed=given.get("closed", False))
    return {**found, "data": [_without(account, []) for account in found["data"]]}


@serves("POST", "/v2/core/accounts/{id}/close")
def close_account(call: Call) -> Json:
    """Close it for good; what is in its balance must have gone before."""
    account, books = call.books.get(_KIND, call.id), call.books
    call.given.only(applied_configurations=["recipient"])
    if any(entry[1] or entry[2] for entry in balances(books.of(account["id"]))):
        raise invalid("The account has a balance; it cannot be closed.", code="account_balance_not_zero")
    books.change(account, closed=True, applied_configurations=[])
    tell(books, "v2.core.account.closed", account)
    return _shown(books, account["id"], call.given)


def lose(books: Books, account_id: str) -> Json:
    """The platform has no access to it any more, and not to what is in it."""
    account = books.get(_KIND, account_id)
    tell(books, "v2.core.account.closed", account)
    left = {"id": account_id, "object": _KIND, "deleted": True}
    books.store.save(left)
    return left


def _shown(books: Books, account_id: str, given: Given) -> Json:
    return _without(books.get(_KIND, account_id), given.texts("include"))


def _without(account: Json, include: list[str]) -> Json:
    asked = {name.partition(".")[0] for name in include}
    return {
        name: None if name in _INCLUDED and name not in asked else value for name, value in account.items()
    }


# ---- what is known of a person -------------------------------------------------------------------


def _facts_id(account_id: str) -> str:
    return f"{account_id}:facts"


def known_of(books: Books, account_id: str) -> Known:
    """What is known of the person by now."""
    facts = books.get("account.facts", _facts_id(account_id))
    return Known(**{name: facts[name] for name in Known().kept()})


def know(books: Books, account_id: str, known: Known) -> None:
    """Take note of something, and tell what it changes: requirements, then each capability."""
    books.store.save({"id": _facts_id(account_id), "object": "account.facts", **known.kept()})
    account = books.get(_KIND, account_id)
    before = account["configuration"]["recipient"]["capabilities"]
    after = account_states.capabilities(known)
    asked = account_states.requirements(known)
    books.change(
        account,
        configuration={"recipient": {"applied": True, "capabilities": after}},
        requirements=asked,
    )
    tell(books, "v2.core.account[requirements].updated", account)
    for name in ("stripe_transfers", "payouts"):
        if before is None or before["stripe_balance"][name] != _capability(account, name):
            kind = "v2.core.account[configuration.recipient].capability_status_updated"
            tell(books, kind, account, updated_capability=f"stripe_balance.{name}")


def _capability(account: Json, name: str) -> Any:
    return account["configuration"]["recipient"]["capabilities"]["stripe_balance"][name]


def may(account: Json, name: str) -> bool:
    """Whether an account has a capability now."""
    return bool(_capability(account, name)["status"] == "active") and not account["closed"]
