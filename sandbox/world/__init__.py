"""The sandbox's data: accounts, videos, comments and lists, the same for the same seed."""

from sandbox.world.dataset import WorldFileError
from sandbox.world.recipe import AccountSpec
from sandbox.world.world import World

__all__ = ["AccountSpec", "World", "WorldFileError"]
