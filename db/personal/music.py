"""What tables about beats, listening and beat requests hold of a person."""

from collections.abc import Mapping
from typing import Final

from db.personal.holding import DELETED_TRACK, PSEUDONYM, SUMS, Holding

MUSIC: Final[Mapping[str, Holding]] = {
    "collection": Holding(
        of="producer_id:producer",
        goes=True,
        section="collections",
        shown="name slug artists genres tags description created_at",
        plain="id producer_id slug name artists genres tags description cover_picture_id cover_preset_id withheld_since created_at",
    ),
    "collection_term": Holding(of="collection_id:collection", goes=True, plain="term collection_id"),
    "track": Holding(
        of="producer_id:producer",
        section="tracks",
        shown="id title slug artists bpm pitch_class scale genres tags moods description status duration_ms upload_id"
        " audio_sha256 licensing_model exclusive_price_minor exclusive_currency contact_email accepted_terms_version"
        " exclusive_terms created_at published_at",
        by_verb="status collection_id collection_position preview_ready cover_picture_id cover_preset_id",
        erased="description contact_email exclusive_terms",
        replaced={
            "title": DELETED_TRACK,
            "title_key": DELETED_TRACK.lower(),
            "slug": PSEUDONYM,
            "artists": [],
            "genres": [],
            "tags": [],
            "moods": [],
        },
        plain="id number producer_id upload_id bpm pitch_class scale duration_ms audio_sha256 audio_byte_size recent_plays"
        " licensing_model exclusive_availability exclusive_price_minor exclusive_currency accepted_terms_version"
        " input_sha256 created_at published_at metadata_completed_at shown_since withheld_as",
    ),
    "track_label": Holding(of="number:track.number", goes=True, plain="number kind folded label status"),
    "search_term": Holding(of="number:track.number", goes=True, plain="number term weight status"),
    "track_traits": Holding(
        of="number:track.number",
        goes=True,
        plain="number status producer_id bpm pitch_class scale genres moods exclusive_price_minor exclusive_currency sound"
        " sound_0 sound_1 sound_2 sound_3 version",
    ),
    "track_credit": Holding(
        of="producer_id:producer",
        section="credits",
        shown="track_id position removed_at declined",
        by_verb="removed_at declined",
        plain="track_id producer_id position never_shown",
    ),
    "audio_analysis": Holding(
        of="upload_id:upload",
        goes=True,
        section="measured_in_your_files",
        shown="upload_id bpm pitch_class scale loudness_lufs true_peak_db measured_at",
        plain="upload_id model bpm bpm_confidence pitch_class scale key_confidence loudness_lufs true_peak_db waveform sound"
        " measured_at",
    ),
    "audio_replacement": Holding(
        of="track_id:track",
        goes=True,
        plain="track_id upload_id status model words duration_ms number submitted_at checked_at",
    ),
    "audio_copy": Holding(
        of="upload_id:upload", by_verb="upload_id format byte_size made_at"
    ),  # with the audio, where no licensee needs it
    "audio_stream": Holding(of="upload_id:upload", by_verb="upload_id byte_size made_at"),
    "fingerprint": Holding(
        of="track_id:track",
        by_verb="id track_id status sha256 model words duration_ms number sequence posted fingerprinted_at checked_at"
        " scanned_at",
    ),  # of a licensed track it stays (D-37)
    "posting": Holding(of="", by_verb="key number position"),
    "recon_scan": Holding(
        of="account_id:account track_id:track upload_id:upload",
        goes=True,
        section="scans",
        shown="track_id upload_id trigger status compared_count created_at finished_at",
        shown_of="account_id:account",
        plain="id account_id track_id upload_id trigger status stage progress compared_count error_message error_retryable"
        " created_at started_at finished_at",
    ),
    "recon_match": Holding(
        of="track_id:track upload_id:upload",
        goes=True,
        section="matches",
        shown="track_id upload_id other_title other_artists other_producer_name match_class relation similarity"
        " query_coverage reference_coverage segments triage first_seen_at",
        plain="id track_id upload_id other_track_id other_title other_artists other_producer_name other_fingerprinted_at"
        " blocks cleared match_class relation similarity query_coverage reference_coverage speed_ratio"
        " pitch_shift_semitones segments model triage first_seen_at",
    ),
    "recon_scan_match": Holding(
        of="scan_id:recon_scan match_id:recon_match", goes=True, plain="scan_id match_id"
    ),
    "duplicate_appeal": Holding(
        of="account_id:account track_id:track",
        goes=True,
        section="appeals",
        shown="id track_id statement status submitted_at reviewed_at review_reason",
        plain="id track_id account_id statement status submitted_at reviewed_at review_reason",
    ),
    "play": Holding(
        of="account_id:account",
        goes=True,
        section="plays",
        shown="track_id started_at listened_ms counted_at",
        plain="id account_id track_id started_at listened_ms counted_at",
    ),
    "listening": Holding(
        of="account_id:account",
        section="heard_by_day",
        shown="day track_id plays counted",
        kept={"day account_id track_id plays counted": SUMS},
    ),
    "credited_plays": Holding(
        of="producer_id:producer",
        section="counted_plays_of_your_tracks",
        shown="day track_id counted",
        kept={"producer_id day track_id counted rewarded": SUMS},
    ),
    "play_quarter": Holding(of="producer_id:producer", kept={"producer_id begins_at plays counted": SUMS}),
}
REQUESTS: Final[Mapping[str, Holding]] = {
    "beat_request": Holding(
        of="account_id:account",
        goes=True,
        section="beat_requests",
        shown="id text reference_url reference_track_id reference_upload_id genre bpm_min bpm_max pitch_class scale moods tags"
        " budget_minor budget_currency wanted_licence duration status opened_at expires_at created_at",
        plain="id account_id text reference_url reference_track_id reference_upload_id genre genre_folded bpm_min bpm_max"
        " pitch_class scale moods tags budget_minor budget_currency wanted_licence duration status submission_count"
        " opened_at expires_at withheld_as created_at",
    ),
    "beat_request_term": Holding(of="request_id:beat_request", goes=True, plain="term request_id"),
    "request_opening": Holding(
        of="account_id:account",
        goes=True,
        section="request_tokens",
        shown="request_id tokens month refunded refund_month opened_at expires_at",
        plain="id request_id account_id idempotency_key input_sha256 tokens month refunded refund_month opened_at expires_at"
        " warned_at",
    ),
    "submission": Holding(
        of="producer_id:producer request_id:beat_request",
        goes=True,
        section="tracks_you_offered",
        shown="request_id track_id note status submitted_at answered_at",
        shown_of="producer_id:producer",
        plain="id request_id track_id producer_id note status submitted_at answered_at",
    ),
    "beat_match": Holding(
        of="producer_id:producer request_id:beat_request",
        goes=True,
        plain="id request_id request_status track_id producer_id score matched_at told_at",
    ),
}
