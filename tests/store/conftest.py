"""A store on a real file."""

from pathlib import Path

import pytest
import pytest_asyncio

from hub.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
def said() -> list[str | None]:
    """What the store reported of its disk: a reason, or None for "works again"."""
    return []


@pytest.fixture
def dropped() -> list[str]:
    """What the store reported of transactions that were wrong."""
    return []


@pytest_asyncio.fixture
async def store(path, said, dropped):
    store = Store(path, said.append, dropped=dropped.append)
    await store.open()
    yield store
    await store.close()
