"""Live objects: the rules as `transitions` machines over the user's own objects."""

from lifecycle_model.machine.live import LiveMachine
from lifecycle_model.machine.settings import Callback, Settings

__all__ = ["Callback", "LiveMachine", "Settings"]
