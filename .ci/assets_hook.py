"""Adds templates/ and static/, which stand beside the package by the owner's wish, to a built wheel."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):
    """Carries the two folders as villagehub/_assets/; an editable install finds them beside the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the folders to every wheel but an editable one."""
        if self.target_name == "wheel" and version != "editable":
            for folder in ("templates", "static"):
                build_data["force_include"][folder] = f"villagehub/_assets/{folder}"
