"""What the recipe asks for. recipe.json has every default written out; project.json holds what belongs to this folder."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def _read(name: str) -> dict:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


RECIPE = _read("recipe.json")
PROJECT = _read("project.json")

CLASSES: list[str] = PROJECT["classes"]
SEED: int = RECIPE["seed"]


def network_of(role: str) -> str:
    """Student and baseline are the same network, trained in two ways."""
    return "teacher" if role == "teacher" else "student"


def training_of(role: str) -> dict:
    """Batch size, stages, optimiser and schedule of a role."""
    return RECIPE[network_of(role)]["training"]


def image_of(role: str) -> dict:
    """Size, resizing and normalisation of the images as a role's network sees them."""
    return PROJECT["networks"][network_of(role)]["image"]


def roles_to_train() -> list[str]:
    """In order: the student needs its teacher."""
    return PROJECT["roles"]
