"""`bp run` from its first line to its last, with every process real."""

import socket
import stat
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.launcher import product
from workers.launcher.embedded import data_directory
from workers.launcher.errors import StartError


def answer(start: product.Start, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{start.port}{path}", timeout=5) as response:
        return str(response.read().decode())


def test_everything_starts_and_the_banner_says_where_to_go(tmp_path: Path) -> None:
    with product.started(product.make(tmp_path)) as start:
        start.until("BeatPass is ready")
        assert start.until("Explorer").split()[-1] == f"http://127.0.0.1:{start.port}/graphql"
        assert start.until("Data").split()[-1] == str(tmp_path / "data")
        for token in ("demo-staff", "demo-producer", "demo-producer-2", "demo-newcomer", "demo-artist"):
            start.until(f" {token} ")
        order = [
            next(n for n, line in enumerate(start.lines) if words in line)
            for words in ("migrated", "BeatPass is ready")
        ]
        assert order == sorted(order)


def test_nothing_waits_for_the_demo_data_and_the_banner_says_that_it_is_on_its_way(tmp_path: Path) -> None:
    slow = "import time; time.sleep(4); print('seeded', flush=True)"
    with product.started(product.make(tmp_path, workers__demo__seed=slow)) as start:
        start.until("Demo beats are being uploaded")
        assert answer(start)
        assert not any("seeded" in line for line in start.lines)
        start.until("seeded")
        assert start.interrupt() == 0


def test_the_banner_of_a_filled_installation_speaks_of_no_uploads(tmp_path: Path) -> None:
    checkout = product.make(
        tmp_path, workers__demo__seed="open('data/demo-data', 'w').close(); print('seeded')"
    )
    with product.started(checkout) as first:
        first.until("seeded")
        first.interrupt()
    with product.started(checkout) as second:
        second.until("demo-artist")
        second.interrupt()
        assert not any("Demo beats" in line for line in second.lines)


def test_ctrl_c_leaves_no_process_behind(tmp_path: Path) -> None:
    with product.started(product.make(tmp_path)) as start:
        start.until("BeatPass is ready")
        start.has_grown_to(10)
        assert start.interrupt() == 0
        assert start.family() == []


def test_a_killed_launcher_leaves_no_process_behind_and_another_can_follow_at_once(tmp_path: Path) -> None:
    checkout = product.make(tmp_path)
    with product.started(checkout) as first:
        first.until("BeatPass is ready")
        first.process.kill()
        with product.started(checkout) as second:
            second.until("BeatPass is ready")
            assert first.is_gone()


def test_ctrl_c_twice_ends_children_that_will_not_listen(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, 1); print('deaf', flush=True); time.sleep(1000)"
    with product.started(product.make(tmp_path, workers__relay=deaf)) as start:
        start.until("BeatPass is ready")
        start.process.send_signal(2)
        with pytest.raises(subprocess.TimeoutExpired):
            start.process.wait(3)
        assert start.interrupt() == 0
        assert start.family() == []


def test_ctrl_c_while_it_starts_leaves_no_process_behind(tmp_path: Path) -> None:
    slow = "import time; print('thinking', flush=True); time.sleep(1000)"
    with product.started(product.make(tmp_path, db__migrate=slow)) as start:
        start.until("thinking")
        assert start.interrupt() == 0
        assert start.family() == []


def test_a_crashed_web_server_comes_back(tmp_path: Path) -> None:
    with product.started(product.make(tmp_path)) as start:
        start.until("BeatPass is ready")
        before = answer(start)
        with pytest.raises(OSError):  # noqa: PT011 -- cut off or reset, as the kernel pleases
            answer(start, "/crash")
        assert start.until("web was ended").endswith("by SIGKILL; starting it again in 0.5 s.")
        start.until("web runs again.")
        assert answer(start) != before


def test_a_killed_worker_takes_its_own_children_along_before_it_is_started_again(tmp_path: Path) -> None:
    with product.started(product.make(tmp_path)) as start:
        start.until("BeatPass is ready")
        old = start.children_of("--queues audio")
        start.named("--queues audio").kill()
        start.until("audio runs again.")
        assert not any(process.is_running() and process.status() != "zombie" for process in old)


def test_a_killed_valkey_comes_back_on_the_same_socket(tmp_path: Path) -> None:
    with product.started(product.make(tmp_path)) as start:
        start.until("BeatPass is ready")
        start.named("valkey-server").kill()
        start.until("valkey runs again.")
        assert stat.S_IMODE((tmp_path / "data" / "valkey.sock").stat().st_mode) == 0o600


def test_failed_demo_data_does_not_stop_the_product(tmp_path: Path) -> None:
    with product.started(product.make(tmp_path, workers__demo__seed="raise SystemExit(3)")) as start:
        start.until("BeatPass is ready")
        start.until("seed ended with exit code 3; everything else runs on.")
        assert answer(start)


@pytest.mark.parametrize("broken", ["db__migrate", "api__demo__app"])
def test_a_part_that_cannot_start_ends_the_start(tmp_path: Path, broken: str) -> None:
    with product.started(product.make(tmp_path, **{broken: "raise SystemExit(4)"})) as start:
        start.until("its lines above say why.")
        assert start.process.wait(30) == 1
        assert start.family() == []


def test_a_second_start_finds_its_secret_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    checkout = product.make(tmp_path)
    secrets: set[str] = set()
    for _ in range(2):
        with product.started(checkout) as start:
            start.until("BeatPass is ready")
            secrets.add(start.named("workers.relay").environ()["BEATPASS_SECRET_KEY"])
            start.interrupt()
    (only,) = secrets
    assert len(only) == 64
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600


def test_a_data_directory_with_a_long_name_has_its_socket_elsewhere(tmp_path: Path) -> None:
    data = tmp_path / ("long and with spaces " * 6)
    checkout = product.make(tmp_path)
    sockets: set[str] = set()
    for _ in range(2):
        with product.started(checkout, data=data) as start:
            start.until("BeatPass is ready")
            sockets.add(start.named("workers.relay").environ()["BEATPASS_REDIS_URL"])
            start.interrupt()
    (only,) = sockets
    recorded = Path((data / "valkey.directory").read_text())
    assert only == f"unix://{recorded}/valkey.sock?db=0"
    assert stat.S_IMODE(recorded.stat().st_mode) == 0o700
    (recorded / "valkey.sock").unlink(missing_ok=True)
    recorded.rmdir()


def test_an_address_for_others_says_that_demo_tokens_stay_here(tmp_path: Path) -> None:
    with product.started(product.make(tmp_path), HOST="0.0.0.0") as start:
        start.until("BeatPass is ready")
        start.until("It listens on 0.0.0.0; the demo tokens work from this machine (loopback) only.")


def test_two_instances_on_one_directory_refuse_each_other(tmp_path: Path) -> None:
    checkout = product.make(tmp_path)
    with product.started(checkout) as start:
        start.until("BeatPass is ready")
        assert product.refused(checkout, product.environment(product.free_port())) == (
            f"bp: BeatPass runs on {tmp_path}/data already (process {start.process.pid}); "
            "stop that one, or set BEATPASS_DATA_DIR to another directory."
        )
        assert answer(start)


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        said = product.refused(product.make(tmp_path), product.environment(port))
    assert said == f"bp: Port {port} on 127.0.0.1 is in use by another program; set PORT to a free one."


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "80 80", "٨٠"])
def test_a_port_that_is_none_is_one_sentence(tmp_path: Path, port: str) -> None:
    said = product.refused(product.make(tmp_path), product.environment(port))
    assert said == f"bp: PORT must be a whole number from 1 to 65535, not {port!r}."


def test_a_host_of_another_machine_is_one_sentence(tmp_path: Path) -> None:
    given = product.environment(product.free_port(), HOST="192.0.2.1")
    assert product.refused(product.make(tmp_path), given).startswith(
        "bp: HOST 192.0.2.1 is not an address of this machine"
    )


def test_a_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given = product.environment(product.free_port(), tmp_path / "file" / "data")
    said = product.refused(product.make(tmp_path / "checkout"), given)
    assert said == f"bp: The data directory {tmp_path}/file/data cannot be written to (Not a directory)."


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        StartError, match=r"^The disk of .* is full: \d+ MB are free, 1000000000 MB are needed\.$"
    ):
        data_directory({"BEATPASS_DATA_DIR": str(tmp_path)}, needed_bytes=10**15)


def test_the_stripe_sandbox_listens_beside_the_web_and_keeps_its_keys(tmp_path: Path) -> None:
    checkout = product.make(tmp_path)
    keys: set[tuple[str, ...]] = set()
    for _ in range(2):
        with product.started(checkout) as start:
            url = start.until("Payments").split()[1]
            start.until("demo-artist")
            web, sandbox = (start.named(words).environ() for words in ("create_demo_app", "api.sandbox"))
            assert url == web["BEATPASS_STRIPE_API_URL"] == sandbox["BEATPASS_STRIPE_API_URL"]
            assert int(url.rpartition(":")[2]) > start.port
            assert sandbox["BEATPASS_SANDBOX_FILE"] == str(tmp_path / "data" / "sandbox.db")
            names = ("SECRET_KEY", "WEBHOOK_SECRET", "CONNECT_WEBHOOK_SECRET")
            keys.add(tuple(web[f"BEATPASS_STRIPE_{name}"] for name in names))
            start.interrupt()
    (only,) = keys
    assert only[0].startswith("sk_test_")
    assert len(set(only)) == 3
    assert all(secret.startswith("whsec_") for secret in only[1:])


def test_who_brings_keys_of_stripe_has_no_sandbox(tmp_path: Path) -> None:
    with product.started(product.make(tmp_path), BEATPASS_STRIPE_SECRET_KEY="sk_test_mine") as start:
        start.until("demo-artist")
        web = start.named("create_demo_app").environ()
        assert web["BEATPASS_STRIPE_SECRET_KEY"] == "sk_test_mine"
        assert "BEATPASS_STRIPE_API_URL" not in web
        assert not any("Payments" in line for line in start.lines)
        assert not any("api.sandbox" in " ".join(one.cmdline()) for one in start.family())
        start.interrupt()
