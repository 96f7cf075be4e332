"""An S3 store on loopback that holds to signatures, policies and locks (moto), and a line to it that can fail."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

PATIENCE = 60.0  # s; a busy machine is no failure
PUT = re.compile(rb"PUT /[^/ ]+/([^ ]+) ")
LOOP = "127.0.0.1"


def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for what stays true once it is."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind((LOOP, 0))
        return int(asked.getsockname()[1])


class StoreServer:
    """The whole store; `admin` may do everything that a lock does not forbid."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "moto.server", "-H", LOOP, "-p", str(self.port)]
        with log.open("wb") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output)
        until(self._answers)
        anybody = self.client("iam", ("anybody", "anything"))
        anybody.create_user(UserName="admin")
        self._allow(anybody, "admin", ["*"], "*")
        self.admin = _key(anybody, "admin")
        self._post("reset-auth", b"0")  # from now on nobody may do what no policy allows

    def client(self, service: str, key: tuple[str, str]) -> Any:
        """What boto3 speaks to this store with, with these credentials."""
        access, secret = key
        return boto3.session.Session().client(
            service,
            endpoint_url=f"http://{LOOP}:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    def bucket(self, name: str, *, locks: bool = True) -> "StoredBucket":
        """A new one, and a key that may only put, into the folder `home`."""
        self.client("s3", self.admin).create_bucket(Bucket=name, ObjectLockEnabledForBucket=locks)
        iam = self.client("iam", self.admin)
        iam.create_user(UserName=name)
        self._allow(iam, name, ["s3:PutObject", "s3:PutObjectRetention"], f"arn:aws:s3:::{name}/home/*")
        return StoredBucket(self, name, _key(iam, name))

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _allow(self, iam: Any, user: str, actions: list[str], resource: str) -> None:
        statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=policy)

    def _answers(self) -> bool:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"http://{LOOP}:{self.port}/moto-api/data.json").close()
            return True
        return False

    def _post(self, path: str, body: bytes) -> None:
        address = f"http://{LOOP}:{self.port}/moto-api/{path}"
        headers = {"Content-Type": "text/plain"}
        urllib.request.urlopen(urllib.request.Request(address, body, headers, method="POST")).close()


def _key(iam: Any, user: str) -> tuple[str, str]:
    made = iam.create_access_key(UserName=user)["AccessKey"]
    return made["AccessKeyId"], made["SecretAccessKey"]


@dataclass(frozen=True, slots=True)
class StoredBucket:
    """`key`: access key and secret of the hub."""

    server: StoreServer
    name: str
    key: tuple[str, str]

    def versions(self) -> dict[str, list[str]]:
        """The ids of the versions of each object of a recording, by its name in the bucket."""
        client, found = self.server.client("s3", self.server.admin), dict[str, list[str]]()
        for page in client.get_paginator("list_object_versions").paginate(Bucket=self.name):
            for version in page.get("Versions", []):
                if "/check." not in version["Key"]:
                    found.setdefault(version["Key"], []).append(version["VersionId"])
        return found

    def stored(self, key: str) -> dict[str, Any]:
        """One object, with its content under "Body"."""
        client = self.server.client("s3", self.server.admin)
        answer = client.get_object(Bucket=self.name, Key=key, ChecksumMode="ENABLED")
        return {**answer, "Body": answer["Body"].read()}


class Relay:
    """A line to a server: it can be cut, and it can lose the answers, or a header of them (`hides`). `asked`: the names
    put, as they came.
    """

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self.asked: list[str] = []
        self.loses_answers = False
        self.hides = b"no such header"
        self._server = port
        self._listening: socket.socket | None = None
        self._ends: set[socket.socket] = set()

    def up(self) -> None:
        """Take connections."""
        self._listening = socket.create_server((LOOP, self.port), backlog=64)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        """Take none any more, and end those that are."""
        if self._listening:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        for end in [*self._ends]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listening.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError), near, socket.create_connection((LOOP, self._server)) as far:
            self._ends |= {near, far}
            try:
                threading.Thread(target=self._forth, args=(near, far), daemon=True).start()
                self._back(far, near)
            finally:
                self._ends -= {near, far}
                for end in (near, far):
                    end.shutdown(socket.SHUT_RDWR)

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for data in _received(near):
                self.asked += [found[1].decode() for found in PUT.finditer(data)]
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        for data in _received(far):
            if self.loses_answers and not data.startswith(b"HTTP/1.1 100"):
                return
            near.sendall(data.replace(self.hides, b"x-hidden"))


def _received(end: socket.socket) -> Iterator[bytes]:
    while data := end.recv(65536):
        yield data
