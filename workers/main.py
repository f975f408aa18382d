"""What `dramatiq workers.main` loads: the broker first, then the actors."""

import gc

from api.logs import configure_logs
from workers.actors import (
    accounts,
    analyses,
    copies,
    duplicates,
    events,
    files,
    ledger,
    matching,
    notices,
    payments,
    payouts,
    plays,
    pool,
    previews,
    privacy,
    profiles,
    purchases,
    requests,
    scans,
    support,
    takedowns,
)
from workers.broker import open_broker
from workers.tools import settings
from workers.transaction import register
from workers.warming import WarmAudioChildren

configure_logs()
broker = open_broker(settings().broker_url)
broker.add_middleware(WarmAudioChildren())
for actor in (
    duplicates.check_duplicate,
    duplicates.check_replacement,
    duplicates.post_recording,
    previews.make_preview,
    copies.make_mp3,
    copies.make_stream,
    analyses.analyse_audio,
    scans.scan,
    scans.rescan,
    scans.start_rescans,
    notices.tell_followers,
    notices.tell_matches,
    notices.send_email,
    notices.start_digests,
    notices.send_digest,
    notices.start_reports,
    notices.make_report,
    accounts.send_proof,
    accounts.offer_reset,
    takedowns.send_takedown_letter,
    profiles.index_tracks,
    matching.match_request,
    matching.match_track,
    requests.expire_requests,
    payments.read_payment_event,
    payments.catch_up_on_payments,
    payments.tell_of_subscriber,
    purchases.settle_purchase,
    purchases.expire_purchases,
    pool.close_months,
    pool.run_pool,
    plays.give_play_xp,
    plays.tell_milestone,
    plays.rank_plays,
    payouts.settle_payout,
    payouts.follow_payouts,
    payouts.start_payouts,
    payouts.remind_of_payout_setup,
    events.tell_guests,
    events.release_seats,
    support.send_ticket_letter,
    ledger.audit,
    ledger.reconcile,
    ledger.make_statements,
    privacy.export_data,
    privacy.delete_account,
    privacy.forget,
    files.delete_files,
    files.sweep,
):
    register(broker, actor)

gc.collect()
gc.freeze()  # what was imported stays: the collector looks at what is made from here on
