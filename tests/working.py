"""What actors are handed where a test does their jobs in its own process."""

from api.gateways.mail import open_mailer
from tests.stage import Stage
from workers.audio.isolate import AudioChild
from workers.listening import ChildEngine
from workers.tools import Tools


def tools_of(stage: Stage) -> Tools:
    """Of a stage; its audio child is never started, for no sound is listened to."""
    services, child = stage.services, AudioChild()
    return Tools(
        stage.settings,
        services.sessions,
        services.live,
        services.storage,
        child,
        ChildEngine(child),
        child,
        open_mailer(stage.settings),
        services.payments,
    )
