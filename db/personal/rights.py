"""What tables about licences and money hold of a person."""

from collections.abc import Mapping
from typing import Final

from db.personal.holding import BOOKS, DELETED_TEXT, PSEUDONYM, STAGE_NAME, Holding

RIGHTS: Final[Mapping[str, Holding]] = {
    "licence_preset": Holding(
        of="producer_id:producer",
        goes=True,
        section="saved_terms",
        shown="name terms created_at",
        plain="id producer_id name name_key terms created_at",
    ),
    "licence": Holding(
        of="account_id:account",
        section="licences",
        shown="number kind work licensor licensee terms audio_sha256 signature granted_at downloaded_at revoked_at"
        " revocation_reason",
        by_verb="licensee signature",
        replaced={"revocation_reason": DELETED_TEXT},
        kept={"work licensor terms": STAGE_NAME},
        plain="id number kind account_id producer_id track_id upload_id audio_sha256 granted_at downloaded_at files_held_at"
        " revoked_at revoked_by verification_count",
    ),
    "purchase": Holding(
        of="account_id:account",
        section="purchases",
        shown="id track_id status price_minor fee_minor tax_minor currency agreement agreement_sha256 refund_reason"
        " created_at completed_at ended_at",
        by_verb="agreement grant",
        erased="refund_reason checkout_url",
        replaced={"idempotency_key": PSEUDONYM, "refund_key": PSEUDONYM, "return_path": "/"},
        kept={
            "agreement_sha256": "what was agreed is kept as its hash, which names nobody",
            "offer": f"{BOOKS}; what the seller wrote into it goes with the seller",
        },
        plain="id account_id producer_id track_id upload_id audio_sha256 status input_sha256 price_minor fee_minor tax_minor"
        " currency standard_licences checkout_reference payment_reference licence_id expires_at refund_asked_at version"
        " created_at completed_at ended_at",
    ),
    "pool_input": Holding(
        of="",
        kept={
            "run_id track_id work published_at licensing_model plays producers": f"{STAGE_NAME}; never changed (D-53)"
        },
    ),
}
MONEY: Final[Mapping[str, Holding]] = {
    "payer": Holding(of="account_id:account", goes=True, plain="account_id reference"),
    "payment_call": Holding(
        of="",
        by_verb="problem",
        plain="id kind subject attempt outcome reference called_at answered_at",
    ),
    "plan_subscription": Holding(
        of="account_id:account",
        section="plans",
        shown="plan_id status created_at started_at period_ends_at ended_at",
        erased="checkout_url",
        replaced={"idempotency_key": PSEUDONYM, "return_path": "/"},
        plain="id account_id plan_id status checkout_reference reference next_plan_id period_ends_at grace_ends_at version"
        " created_at started_at ended_at",
    ),
    "invoice": Holding(
        of="subscription_id:plan_subscription",
        section="bills",
        shown="number base_minor tax_minor total_minor currency issued_at paid_at",
        erased="pdf_url",
        kept={"number": BOOKS},
        plain="id subscription_id reference payment_reference base_minor tax_minor total_minor paid_base_minor paid_tax_minor"
        " currency issued_at paid_at",
    ),
    "payout_account": Holding(
        of="producer_id:producer",
        section="payout_accounts",
        shown="country status requirements ready_at created_at ended_at",
        replaced={"country": "ZZ", "requirements": []},
        plain="id producer_id reference status ready_at checked_at version created_at ended_at",
    ),
    "payout": Holding(
        of="producer_id:producer",
        section="payouts",
        shown="currency amount_minor status failure requested_at sent_at settled_at returned_at",
        erased="failure",
        replaced={"idempotency_key": PSEUDONYM},
        plain="id producer_id account_id destination currency amount_minor status scheduled_for account_ready"
        " transfer_reference bank_reference requested_at begun_at sent_at settled_at ended_at returned_at version",
    ),
    "payout_hold": Holding(
        of="producer_id:producer",
        section="payout_holds",
        shown="reason placed_at until released_at release_reason",
        erased="release_reason",
        replaced={"reason": DELETED_TEXT},
        plain="id producer_id cause placed_by placed_at until released_by released_at",
    ),
    "producer_balance": Holding(
        of="producer_id:producer",
        section="balances",
        shown="currency balance_minor",
        kept={"producer_id currency balance_minor": BOOKS},
    ),
    "statement": Holding(
        of="producer_id:producer",
        section="statements",
        shown="period currency opening_minor closing_minor made_at",
        kept={"id producer_id period currency opening_minor closing_minor made_at": BOOKS},
    ),
    "pool_share": Holding(
        of="producer_id:producer",
        section="shares_of_pools",
        shown="run_id weight amount_minor",
        kept={"run_id producer_id weight amount_minor": BOOKS},
    ),
    "pool_line": Holding(
        of="producer_id:producer",
        section="shares_of_pools_by_track",
        shown="run_id track_id weight amount_minor",
        kept={"run_id producer_id track_id weight amount_minor": BOOKS},
    ),
    "pool_closing_asked": Holding(
        of="account_id:account", goes=True, plain="account_id idempotency_key period asked_at"
    ),
}
