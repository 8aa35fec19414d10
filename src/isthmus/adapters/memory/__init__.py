"""The ports in memory: the fake that every test uses, public so that yours can, too."""

from isthmus.adapters.memory.broker import MemoryBroker
from isthmus.adapters.memory.bucket import MemoryBucket

__all__ = ["MemoryBroker", "MemoryBucket"]
