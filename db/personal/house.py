"""The house's own tables."""

from collections.abc import Mapping
from typing import Final

NOBODYS: Final[Mapping[str, str]] = {
    "balance_movement": "id kind source payment parent about net_minor currency happened_at seen_at",
    "entry": "journal_id position from_account to_account amount_minor currency",
    "event": "id title markdown cover_picture_id starts_at ends_at place capacity going_count numbered revision cancelled_at"
    " created_by created_at",
    "fingerprint_index": "id numbered sequence",
    "job": "id kind key payload state run_at nudge_at nudges attempts lease_until fence last_error request_id created_at"
    " started_at finished_at",
    "journal": "id source_kind source_id about content_sha256 happened_at posted_at",
    "ledger_break": "reference currency ledger_minor provider_minor found_at ended_at",
    "ledger_guard": "account",
    "payment_event": "id source type object_id happened_at received_at state",
    "plan": "id name price_minor currency includes_downloads request_tokens on_sale",
    "play_total": "track_id plays counted",
    "pool_late_return": "id period base_minor currency happened_at run_id",
    "pool_run": "id period sequence status pool_minor currency total_weight reached causes inputs_sha256 outputs_sha256"
    " begun_at frozen_at posted_at",
    "receipt_series": "year issued",
    "track_plays": "track_id day plays counted",
}
"""The house's own: ids of people may stand in them, and nothing that tells who they are. What staff write into an event is
the house's word."""
