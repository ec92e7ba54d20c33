"""`make run` at the terminal: what it says when it starts, cannot start, and stops."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from easyticket.cli.serve import listen
from tests.fixtures.parties import NewServer
from tests.servers.easyticket import ROOT, clean_environment
from tests.servers.parts import free_port


def serve(**environment: str) -> subprocess.CompletedProcess[str]:
    """Start EasyTicket where it cannot start, and return what it said."""
    return subprocess.run(
        [sys.executable, "-m", "easyticket.cli.serve"],
        cwd=ROOT,
        env=clean_environment() | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_says_where_it_runs_and_stops_cleanly(new_server: NewServer) -> None:
    server = new_server()
    assert httpx.get(server.url).status_code == 200
    said = "".join(server.output)
    assert f"EasyTicket runs at {server.url}\n" in said
    assert f"Mail goes to the folder {server.mail_dir}, shown at {server.url}/dev/mailbox/" in said
    assert server.stop() == 0
    assert "Traceback" not in "".join(server.output)


def test_it_starts_again_on_the_data_it_left(new_server: NewServer) -> None:
    server = new_server()
    server.kill()
    server.start()
    assert server.stop() == 0


def test_a_connection_that_falls_silent_is_given_up_after_twenty_seconds() -> None:
    with listen(free_port()) as listener, socket.create_connection(listener.getsockname()):
        connection, _address = listener.accept()
        with connection:
            for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                assert struct.unpack("ll", connection.getsockopt(socket.SOL_SOCKET, direction, 16)) == (20, 0)


def test_a_taken_port_is_named_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = serve(PORT=str(port))
    assert ended.returncode == 1
    assert ended.stderr == f"Port {port} is already in use; take another one: PORT=8001 make run\n"


def test_a_wrong_setting_is_named_in_one_sentence() -> None:
    ended = serve(PORT="eight")
    assert ended.returncode == 2
    assert ended.stderr == "PORT must be a whole number from 1 to 65535.\n"


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    nobody = free_port()
    database = f"postgresql+psycopg://someone:opensesame@127.0.0.1:{nobody}/tickets"
    ended = serve(PORT=str(free_port()), DATABASE_URL=database)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"The database 127.0.0.1:{nobody}/tickets cannot be used: ")
    assert "opensesame" not in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["MAIL_DIR", "STORAGE_DIR"])
def test_a_folder_that_takes_no_files_is_named_before_anything_is_sold(name: str, tmp_path: Path) -> None:
    folder = Path(__file__) / "inside-a-file"
    others = {"MAIL_DIR": str(tmp_path), "STORAGE_DIR": str(tmp_path)}
    ended = serve(**others | {"PORT": str(free_port()), name: str(folder)})
    assert ended.returncode == 1
    assert ended.stderr == f"{name}: nothing can be written into {folder} (Not a directory)\n"


def test_a_redis_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    nobody = free_port()
    folders = {"MAIL_DIR": str(tmp_path), "STORAGE_DIR": str(tmp_path)}
    ended = serve(
        **folders, PORT=str(free_port()), REDIS_URL=f"redis://someone:opensesame@127.0.0.1:{nobody}/0"
    )
    assert ended.returncode == 1
    assert ended.stderr == f"REDIS_URL: nobody answers at 127.0.0.1:{nobody}\n"
