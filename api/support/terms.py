"""What an installation's settings say of support."""

from datetime import timedelta

from api.settings import Settings
from api.support.rules import SupportTerms


def terms_of(settings: Settings) -> SupportTerms:
    return SupportTerms(
        days=settings.support_days,
        priority_days=settings.support_priority_days,
        reopened_within=timedelta(days=settings.support_reopen_days),
        tickets_a_day=settings.support_tickets_a_day,
        guest_tickets_an_hour=settings.support_guest_tickets_an_hour,
    )
