"""What `dramatiq workers.main` loads: the broker first, then the actors."""

from api.logs import configure_logs
from workers.actors import duplicates, files, previews, scans
from workers.broker import open_broker
from workers.tools import settings
from workers.transaction import register
from workers.warming import WarmAudioChild

configure_logs()
broker = open_broker(settings().broker_url)
broker.add_middleware(WarmAudioChild())
for actor in (
    duplicates.check_duplicate,
    duplicates.post_recording,
    previews.make_preview,
    scans.scan,
    scans.rescan,
    scans.start_rescans,
    files.delete_files,
    files.sweep,
):
    register(broker, actor)
