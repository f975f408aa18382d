"""What tables about accounts and profiles hold of a person."""

from collections.abc import Mapping
from typing import Final

from db.personal.holding import DELETED_ACCOUNT, DELETED_PRODUCER, NO_ADDRESS, PSEUDONYM, Holding

ACCOUNTS: Final[Mapping[str, Holding]] = {
    "account": Holding(
        of="id:account",
        section="account",
        shown="email display_name email_verified_at created_at",
        erased="email_verified_at picture_id",
        replaced={
            "email": NO_ADDRESS,
            "email_key": NO_ADDRESS,
            "password_hash": "deleted",
            "display_name": DELETED_ACCOUNT,
        },
        plain="id created_at suspended_at deleted_at",
    ),
    "role_grant": Holding(
        of="account_id:account",
        section="roles",
        shown="role granted_at grant_reason withdrawn_at withdrawal_reason",
        erased="grant_reason withdrawal_reason",
        plain="id account_id role granted_at granted_by withdrawn_at withdrawn_by",
    ),
    "session": Holding(
        of="account_id:account",
        goes=True,
        section="sessions",
        shown="device transport created_at last_seen_at ended_at",
        plain="id account_id token_sha256 transport device created_at last_seen_at ended_at",
    ),
    "api_token": Holding(
        of="account_id:account",
        goes=True,
        section="api_tokens",
        shown="name scope created_at last_used_at expires_at revoked_at",
        plain="id account_id name scope token_sha256 created_at last_used_at expires_at revoked_at",
    ),
    "account_proof": Holding(
        of="account_id:account",
        goes=True,
        section="letters_about_your_e_mail",
        shown="kind address created_at expires_at ended_at",
        plain="id account_id kind address address_key token_sha256 created_at expires_at ended_at",
    ),
    "data_export": Holding(
        of="account_id:account",
        goes=True,
        section="exports",
        shown="requested_at ready_at byte_size",
        plain="id account_id status progress requested_at ready_at expires_at byte_size",
    ),
    "account_deletion": Holding(
        of="account_id:account",
        plain="id account_id status requested_at due_at ended_at waits_for told told_again_at left_at",
    ),
    "notification": Holding(
        of="account_id:account",
        goes=True,
        section="notifications",
        shown="kind title body path created_at read_at emailed_at",
        plain="id account_id kind subject_id title body path in_app live withheld_in_app withheld_live email created_at read_at emailed_at email_refused",
    ),
    "notification_preference": Holding(
        of="account_id:account",
        goes=True,
        section="notification_switches",
        shown="kind channel enabled",
        plain="account_id kind channel enabled",
    ),
    "muted_genre": Holding(
        of="account_id:account",
        goes=True,
        section="muted_genres",
        shown="genre",
        plain="account_id folded genre",
    ),
    "producer_request": Holding(
        of="account_id:account",
        goes=True,
        section="applications",
        shown="kind status producer_name beats_url first_name last_name instagram label submitted_at reviewed_at"
        " review_reason discord_user_id",
        plain="id account_id kind status producer_name beats_url first_name last_name instagram label claimed_producer_id"
        " submitted_at reviewed_at review_reason code code_expires_at code_typed_at discord_user_id",
    ),
    "case_step": Holding(
        of="case_id:producer_request case_id:duplicate_appeal",
        goes=True,
        section="steps_of_cases",
        shown="case_id status at reason",
        plain="id case_id status at by reason",
    ),
    "attachment": Holding(of="upload_id:upload", goes=True, plain="upload_id case_id position"),
    "upload": Holding(
        of="account_id:account",
        section="uploads",
        shown="id filename purpose byte_size status media_type duration_ms created_at",
        by_verb="status picture_id",
        erased="rejection_message sha256",
        replaced={"filename": "deleted"},
        plain="id account_id purpose byte_size received_bytes rejection_code media_type sample_rate_hz bit_depth channels"
        " duration_ms used_by created_at expires_at",
    ),
    "upload_part": Holding(of="upload_id:upload", goes=True, plain="upload_id first_byte byte_size key"),
    "picture": Holding(of="", by_verb="id width height dominant_color blurhash created_at"),
}
PROFILES: Final[Mapping[str, Holding]] = {
    "producer": Holding(
        of="id:producer",
        section="profile",
        shown="handle name bio city roles links xp created_at",
        erased="bio city picture_id withheld_since",
        replaced={
            "handle": PSEUDONYM,
            "handle_key": PSEUDONYM,
            "name": DELETED_PRODUCER,
            "roles": [],
            "links": [],
            "xp": 0,
        },
        plain="id account_id created_at",
    ),
    "producer_handle": Holding(
        of="producer_id:producer",
        goes=True,
        section="handles",
        shown="handle_key since",
        plain="handle_key producer_id since",
    ),
    "producer_term": Holding(of="producer_id:producer", goes=True, plain="term producer_id"),
    "producer_label": Holding(of="producer_id:producer", goes=True, plain="producer_id kind folded"),
    "about_photo": Holding(
        of="producer_id:producer",
        goes=True,
        section="about_photos",
        shown="picture_id caption position",
        plain="id producer_id picture_id caption position",
    ),
    "follow": Holding(
        of="account_id:account producer_id:producer",
        goes=True,
        section="profiles_you_follow",
        shown="producer_id followed_at ended_at",
        shown_of="account_id:account",
        plain="account_id producer_id followed_at ended_at",
    ),
    "referral": Holding(
        of="account_id:account producer_id:producer",
        goes=True,
        section="whose_link_you_came_by",
        shown="producer_id came_at",
        shown_of="account_id:account",
        plain="account_id producer_id came_at",
    ),
    "xp_award": Holding(
        of="producer_id:producer",
        goes=True,
        section="experience",
        shown="cause points at",
        plain="id producer_id cause subject_id points at",
    ),
    "analytics_report": Holding(
        of="producer_id:producer",
        goes=True,
        section="analytics_reports",
        shown="span first_day figures created_at",
        plain="id producer_id span first_day figures created_at",
    ),
    "contact": Holding(
        of="low_id:producer high_id:producer",
        goes=True,
        section="contacts",
        shown="low_id high_id status asked_by asked_at message",
        plain="id low_id high_id status asked_by asked_at asked_times message answered_by answered_at",
    ),
    "event_rsvp": Holding(
        of="account_id:account",
        goes=True,
        section="events",
        shown="event_id status changed_at",
        plain="event_id account_id status number changed_at",
    ),
}
