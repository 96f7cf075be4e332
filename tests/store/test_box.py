"""The neutral name of the box is made once, and outlives restarts and damaged files."""

from hub.core import clock
from hub.model import Contact
from hub.store import Box, Store
from hub.store.rebuild import copy_of, rebuild


async def test_it_is_kept_and_survives_a_file_that_is_damaged(tmp_path):
    store = Store(tmp_path / "hub.db")
    await store.open()
    await store.put(Box("7K2M"))
    await store.put_configuration(Contact("c1", "Anna", "+33612345678"))
    await store.close()
    assert copy_of(store.path).exists()
    store.path.write_bytes(b"nonsense")
    rebuild(store.path)
    store = Store(tmp_path / "hub.db")
    await store.open()
    loaded = await store.load(clock(), 3.0)
    assert (loaded.box, [contact.name for contact in loaded.contacts]) == ("7K2M", ["Anna"])
    await store.close()
