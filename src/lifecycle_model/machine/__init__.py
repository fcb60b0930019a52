"""Live objects: the rules as `transitions` machines over the user's own objects."""

from lifecycle_model.machine.live import LiveMachine
from lifecycle_model.machine.settings import Callback, Engine, MakeMemory, Settings

__all__ = ["Callback", "Engine", "LiveMachine", "MakeMemory", "Settings"]
