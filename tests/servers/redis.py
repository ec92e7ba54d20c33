"""A real Redis on a free port, without a file on disk; REDIS_URL may name an empty database of another one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from tests.servers.parts import ending_with_the_tests, find_program, free_port


@contextmanager
def redis_server() -> Iterator[str]:
    """Start Redis, give its address, stop it at the end."""
    if given := os.environ.get("REDIS_URL"):
        _refuse_data(given)
        yield given
        return
    program = find_program("Redis", "redis-server", "valkey-server")
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(ending_with_the_tests([program, *arguments]), stdout=subprocess.DEVNULL)
    try:
        address = f"redis://127.0.0.1:{port}/0"
        # Redis answers after some ten milliseconds; until then each refused connection is tried again.
        patient = Retry(ConstantBackoff(0.05), retries=200)
        with redis.Redis.from_url(address, retry=patient) as connection:
            connection.ping()
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _refuse_data(address: str) -> None:
    with redis.Redis.from_url(address) as connection:
        if connection.dbsize():
            raise RuntimeError(f"REDIS_URL={address} is not empty, and the tests would delete what is there")
