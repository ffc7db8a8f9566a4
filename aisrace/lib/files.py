"""Names for uploaded files."""

from pathlib import PurePath
from uuid import uuid4

from django.db import models
from django.utils.deconstruct import deconstructible


@deconstructible
class RandomName:
    """Stores a file under a name that cannot be guessed: a picture of something unpublished stays unseen."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, instance: models.Model, filename: str) -> str:
        return f"{self.folder}/{uuid4().hex}{PurePath(filename).suffix.lower()}"
