"""Subscription schedules: what a subscription is to become, phase by phase, as a smaller plan from the next period on."""

from typing import Any, Final

from api.sandbox import taxes
from api.sandbox.books import Books
from api.sandbox.catalogue import recurring_price_of
from api.sandbox.clock import happens
from api.sandbox.errors import invalid, unserved
from api.sandbox.fields import metadata
from api.sandbox.given import Given
from api.sandbox.ids import new_id
from api.sandbox.lists import page
from api.sandbox.periods import after
from api.sandbox.serving import Call, serves
from api.sandbox.subscriptions import (
    Sold,
    at_the_end,
    before_renewal,
    end_now,
    item_list,
    items_of,
    new_item,
    period_end,
    plan_of,
)
from api.sandbox.trees import Json

_LIVING: Final = frozenset({"not_started", "active"})


@serves("POST", "/v1/subscription_schedules")
def create_schedule(call: Call) -> Json:
    """A schedule of a subscription that is there: its first phase is the current period."""
    given, books = call.given, call.books
    if "from_subscription" not in given:
        raise unserved("subscription schedules without from_subscription", param="from_subscription")
    subscription = books.get("subscription", given.get("from_subscription"), param="from_subscription")
    if subscription["schedule"]:
        raise invalid(
            "You cannot migrate a subscription that is already attached to a schedule: "
            f"`{subscription['schedule']}`.",
            param="from_subscription",
        )
    schedule = _new(books, subscription, metadata(given))
    books.tell("subscription_schedule.created", schedule)
    books.change(subscription, "customer.subscription.updated", schedule=schedule["id"])
    return schedule


def _new(books: Books, subscription: Json, words: Json) -> Json:
    phase = _phase(
        books,
        items=items_of(subscription),
        start=int(items_of(subscription)[0]["current_period_start"]),
        end=period_end(subscription),
    )
    return books.add(
        {
            "id": new_id("sub_sched"),
            "object": "subscription_schedule",
            "billing_mode": subscription["billing_mode"],
            "current_phase": {"start_date": phase["start_date"], "end_date": phase["end_date"]},
            "customer": subscription["customer"],
            "default_settings": {
                "automatic_tax": taxes.automatic(enabled=subscription["automatic_tax"]["enabled"]),
                "billing_cycle_anchor": "automatic",
                "collection_method": "charge_automatically",
                "invoice_settings": {"issuer": {"type": "self"}},
            },
            "end_behavior": "release",
            "metadata": words,
            "pause_schedules": [],
            "phases": [phase],
            "status": "active",
            "subscription": subscription["id"],
        }
    )


def _phase(books: Books, *, items: list[Json], start: int, end: int, **fields: Any) -> Json:
    entries: list[Json] = [
        {
            "discounts": [],
            "metadata": {},
            "plan": item["price"]["id"],
            "price": item["price"]["id"],
            "quantity": item["quantity"],
            "tax_rates": item["tax_rates"],
        }
        for item in items
    ]
    return {
        "add_invoice_items": [],
        "currency": books.platform.currency,
        "discounts": [],
        "end_date": end,
        "items": entries,
        "metadata": {},
        "proration_behavior": "create_prorations",
        "start_date": start,
        **fields,
    }


@serves("POST", "/v1/subscription_schedules/{schedule}")
def update_schedule(call: Call) -> Json:
    """Say anew what the phases are; the current one must be among them."""
    schedule, books = _living(call, "updated"), call.books
    end_behavior = call.given.get("end_behavior", schedule["end_behavior"])
    if end_behavior not in {"release", "cancel"}:
        raise unserved(f"end_behavior {end_behavior}", param="end_behavior")
    call.given.only(proration_behavior="none")
    given = call.given.each("phases")
    phases = _phases(books, given) if given else schedule["phases"]
    _fit_periods(books.get("subscription", schedule["subscription"]), phases)
    if phases[0]["start_date"] != schedule["phases"][0]["start_date"]:
        raise invalid(
            "You can not modify the start date of the current phase.", param="phases[0][start_date]"
        )
    books.change(
        schedule,
        "subscription_schedule.updated",
        phases=phases,
        end_behavior=end_behavior,
        metadata=metadata(call.given, schedule["metadata"]),
    )
    _have_it_happen(books, schedule)
    return schedule


def _phases(books: Books, given: list[Given]) -> list[Json]:
    """Phases as given, each beginning where the one before it ends."""
    phases: list[Json] = []
    for one in given:
        start = one.get("start_date", phases[-1]["end_date"] if phases else None)
        if start is None:
            raise invalid("The first phase needs a start_date.", param=one.place("start_date"))
        start = books.now if start == "now" else int(start)
        if phases and start != phases[-1]["end_date"]:
            raise invalid("Phases must follow each other without a gap.", param=one.place("start_date"))
        phases.append(_given_phase(books, one, start))
    return phases


def _fit_periods(subscription: Json, phases: list[Json]) -> None:
    start, end = int(items_of(subscription)[0]["current_period_start"]), period_end(subscription)
    if any(start < phase["start_date"] < end for phase in phases):
        raise unserved("phases that begin within a period", param="phases")


def _given_phase(books: Books, one: Given, start: int) -> Json:
    items = [_given_item(books, item) for item in one.each("items")]
    end = one.get("end_date")
    if duration := one.inner("duration"):
        rhythm = {
            "interval": duration.get("interval"),
            "interval_count": duration.get("interval_count", 1),
        }
        end = after(start, rhythm, 1)
    end = after(start, items[0]["price"]["recurring"], 1) if end is None else end
    one.only(currency=books.platform.currency)
    return _phase(
        books,
        items=items,
        start=start,
        end=books.now if end == "now" else int(end),
        metadata=metadata(one),
        proration_behavior=_proration(one),
    )


def _proration(one: Given) -> str:
    """Phases begin with a period here, so there is nothing to bill in proportion."""
    return str(one.get("proration_behavior", "create_prorations"))


def _given_item(books: Books, item: Given) -> Json:
    price = recurring_price_of(books, item, "schedules")
    return {"price": price, "quantity": int(item.get("quantity", 1)), "tax_rates": []}


@serves("POST", "/v1/subscription_schedules/{schedule}/release")
def release_schedule(call: Call) -> Json:
    """Let go of the subscription, which goes on as it is."""
    schedule = _living(call, "released")
    call.given.only(preserve_cancel_date=False)
    return _release(call.books, schedule)


def _release(books: Books, schedule: Json) -> Json:
    subscription = books.get("subscription", schedule["subscription"])
    books.never("phase_begins", schedule["id"])
    books.change(subscription, "customer.subscription.updated", schedule=None)
    return books.change(
        schedule,
        "subscription_schedule.released",
        status="released",
        released_at=books.now,
        released_subscription=subscription["id"],
        subscription=None,
        current_phase=None,
    )


@serves("POST", "/v1/subscription_schedules/{schedule}/cancel")
def cancel_schedule(call: Call) -> Json:
    """End the schedule and its subscription."""
    schedule = _living(call, "canceled")
    call.given.only(invoice_now=False, prorate=False)
    end_now(call.books, call.books.get("subscription", schedule["subscription"]))
    return call.books.get("subscription_schedule", schedule["id"])


@serves("GET", "/v1/subscription_schedules/{schedule}")
def retrieve_schedule(call: Call) -> Json:
    return _known(call)


@serves("GET", "/v1/subscription_schedules")
def list_schedules(call: Call) -> Json:
    return page(call, "subscription_schedule", "/v1/subscription_schedules", "customer")


def _known(call: Call) -> Json:
    return call.books.get("subscription_schedule", call.id, param="schedule")


def _living(call: Call, done: str) -> Json:
    schedule = _known(call)
    if schedule["status"] not in _LIVING:
        raise invalid(f"A schedule that is {schedule['status']} cannot be {done}.")
    return schedule


# ---- as time goes on -----------------------------------------------------------------------------


def _have_it_happen(books: Books, schedule: Json) -> None:
    """The next thing is the begin of a phase, or the end of the last one."""
    books.never("phase_begins", schedule["id"])
    moments = [phase["start_date"] for phase in schedule["phases"]] + [schedule["phases"][-1]["end_date"]]
    current = schedule["current_phase"]["start_date"]
    books.later(min(moment for moment in moments if moment > current), "phase_begins", schedule["id"])


@happens("phase_begins")
def _begins(books: Books, schedule_id: str) -> None:
    schedule = books.get("subscription_schedule", schedule_id)
    subscription = books.get("subscription", schedule["subscription"])
    if _go_on(books, schedule, subscription):
        books.tell("customer.subscription.updated", subscription)


@before_renewal
def _at_renewal(books: Books, subscription: Json) -> None:
    """A phase that begins with a period is there when the period's invoice is written."""
    if not subscription["schedule"]:
        return
    schedule = books.get("subscription_schedule", subscription["schedule"])
    _go_on(books, schedule, subscription)


def _go_on(books: Books, schedule: Json, subscription: Json) -> bool:
    """Enter the phase of this moment, or end the schedule after the last; whether items changed."""
    phase = next(
        (one for one in schedule["phases"] if one["start_date"] <= books.now < one["end_date"]), None
    )
    if phase is None:
        _end(books, schedule, subscription)
        return False
    now = {"start_date": phase["start_date"], "end_date": phase["end_date"]}
    if now == schedule["current_phase"]:
        return False
    items = [_entered(books, subscription, number, entry) for number, entry in enumerate(phase["items"])]
    books.change(subscription, items=item_list(subscription["id"], items))
    if phase["metadata"]:
        books.change(subscription, metadata={**subscription["metadata"], **phase["metadata"]})
    books.change(schedule, "subscription_schedule.updated", current_phase=now)
    _have_it_happen(books, schedule)
    return True


def _entered(books: Books, subscription: Json, number: int, entry: Json) -> Json:
    """The item of a phase: it stays the same one, at another price."""
    price = books.get("price", entry["price"])
    known = items_of(subscription)
    if number < len(known):
        return {**known[number], "price": price, "plan": plan_of(price), "quantity": entry["quantity"]}
    period = (known[0]["current_period_start"], known[0]["current_period_end"])
    return new_item(books, subscription["id"], Sold(price, entry["quantity"]), period)


def _end(books: Books, schedule: Json, subscription: Json) -> None:
    if schedule["end_behavior"] == "cancel":
        end_now(books, subscription)
        return
    _release(books, schedule)
    subscription["schedule"] = None


@at_the_end
def _subscription_ended(books: Books, subscription: Json) -> None:
    """A schedule is over with its subscription."""
    if not subscription["schedule"]:
        return
    schedule = books.get("subscription_schedule", subscription["schedule"])
    books.never("phase_begins", schedule["id"])
    books.change(
        schedule,
        "subscription_schedule.canceled",
        status="canceled",
        canceled_at=books.now,
        current_phase=None,
    )
