"""Pictures as they come in: verified by their content, stripped, drawn anew. What was uploaded is never stored.

`PictureField` and `PortraitField` do so for every way into the model; `CleanPictureField` tells who fills in a form.
"""

import struct
from collections.abc import Callable
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from aisrace.lib.renditions import FORMATS, name_rendition, picture_widths, portrait_widths, read_size

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 24_000_000  # anything but a JPEG is unpacked whole, several times over
MAX_JPEG_PIXELS = 50_000_000
MAX_SCANS = 100  # a progressive JPEG has about ten; thousands of empty ones keep a decoder busy for minutes
MIN_SIDE = 200
KEPT_SIDE = 2560  # more than any screen shows across the page
READ = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")

# Whatever a decoder stumbles over in a damaged file.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, MemoryError)
# Chosen by eye and by clock: a picture of 12 megapixels is to be stored within two seconds on two cores.
ENCODING: dict[str, dict[str, Any]] = {
    "avif": {"quality": 58, "speed": 9},
    "webp": {"quality": 78, "method": 2},
    "jpg": {"quality": 88, "subsampling": 0, "progressive": True},
    "png": {"compress_level": 6},
}
PILLOW_NAMES = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG", "png": "PNG"}


class PictureRefused(Exception):
    """The file is not stored; the message is a sentence for who uploaded it."""


class CleanPicture(ContentFile):
    """A picture as `verify_picture` has drawn it anew; its name tells its size: “1200x800.jpg”."""

    def __init__(self, content: bytes, name: str, width: int, height: int) -> None:
        super().__init__(content, name)
        self.width = width
        self.height = height


# --- Verifying -------------------------------------------------------------------------------------------------------


def verify_picture(file: File | BytesIO) -> CleanPicture:
    """The picture upright, in sRGB, without metadata, at most 2,560 pixels a side. Raises `PictureRefused`."""
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PictureRefused("The picture is larger than 15 MB: save it smaller and upload it again.")
    try:
        with Image.open(BytesIO(data), formats=READ) as opened:
            _refuse_sizes(opened.width, opened.height, _most_pixels(opened))
            if isinstance(opened, JpegImageFile) and data.count(b"\xff\xda") > MAX_SCANS:
                raise PictureRefused("The picture is built of too many layers: save it as an ordinary JPEG.")
            image = _draw_anew(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(_too_many_pixels(MAX_JPEG_PIXELS)) from error
    except UnidentifiedImageError as error:
        raise PictureRefused("This is not a JPEG, PNG, WebP, AVIF or GIF picture, whatever its name says.") from error
    except DAMAGED as error:
        raise PictureRefused("The picture is damaged and cannot be read to its end.") from error
    form = "png" if image.mode == "RGBA" else "jpg"
    return CleanPicture(_encode(image, form), f"{image.width}x{image.height}.{form}", image.width, image.height)


def _most_pixels(opened: Image.Image) -> int:
    """Cameras' files that hold several JPEGs are of this class too."""
    return MAX_JPEG_PIXELS if isinstance(opened, JpegImageFile) else MAX_PIXELS


def _refuse_sizes(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise PictureRefused(_too_many_pixels(most))
    if min(width, height) < MIN_SIDE:
        raise PictureRefused(
            f"The picture is too small: {width} × {height} pixels; the shorter side needs at least {MIN_SIDE}."
        )
    if min(width, height) * KEPT_SIDE < MIN_SIDE * max(width, height):
        raise PictureRefused(f"The picture is too narrow a strip: {width} × {height} pixels. Crop it.")


def _too_many_pixels(most: int) -> str:
    hint = "save it smaller" if most == MAX_JPEG_PIXELS else "save it smaller, or as a JPEG,"
    return f"The picture has more than {most // 1_000_000} million pixels: {hint} and upload it again."


def _draw_anew(opened: Image.Image) -> Image.Image:
    """RGB, or RGBA where something shows through. Of a moving picture the first frame."""
    share = KEPT_SIDE / max(opened.size)
    # Lets a JPEG be decoded at a half or a quarter where that suffices.
    opened.draft(None, (round(opened.width * share), round(opened.height * share)))
    opened.load()
    profile = opened.info.get("icc_profile")
    image = _scalable(opened)
    # In its place and before anything else: whatever is done at full size takes its memory once more.
    image.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _in_srgb(ImageOps.exif_transpose(_deepened(image)), profile)
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.info = {}  # the encoders would copy profiles, comments and places from here
    return image


def _scalable(image: Image.Image) -> Image.Image:
    """In a mode whose values can be mixed: palettes resolved, a colour that shows through made a channel."""
    if image.mode.startswith("I"):
        return image.convert("F")
    if image.mode in {"1", "P", "PA"} or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _deepened(image: Image.Image) -> Image.Image:
    """Sixteen bits cut to eight, transparency as a channel, grey as colours."""
    if image.mode == "F":
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "CMYK"} else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours by the embedded profile; one that cannot be used is passed over, as browsers do."""
    wanted = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode=wanted)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return image.convert(wanted)


def _encode(image: Image.Image, form: str) -> bytes:
    data = BytesIO()
    image.save(data, PILLOW_NAMES[form], **ENCODING[form])
    return data.getvalue()


# --- Renditions ------------------------------------------------------------------------------------------------------


def make_renditions(storage: Storage, name: str, widths: Callable[[int, int], list[int]] = picture_widths) -> list[str]:
    """Writes the renditions of a stored picture that are not there yet; the names of all, wide ones first.

    Repeating writes nothing. A name without a size is not one of ours and gets none.
    """
    if (size := read_size(name)) is None:
        return []
    wanted = [(width, form) for width in reversed(widths(*size)) for form in FORMATS]
    missing = [each for each in wanted if not storage.exists(name_rendition(name, *each))]
    if missing:
        with storage.open(name) as file, Image.open(file, formats=READ) as opened:
            opened.load()
            _write_renditions(storage, name, opened, missing)
    return [name_rendition(name, *each) for each in wanted]


def _write_renditions(storage: Storage, name: str, image: Image.Image, missing: list[tuple[int, str]]) -> None:
    """Each is scaled from the one before, which is wider: a tenth of the work, and nothing to see of it."""
    for width, form in missing:
        if width < image.width:
            height = max(1, round(image.height * width / image.width))
            image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        storage.save(name_rendition(name, width, form), ContentFile(_encode(image, form)))


# --- Fields ----------------------------------------------------------------------------------------------------------


class CleanPictureField(forms.ImageField):
    """Verifies in `clean()`; what a form hands on is the picture drawn anew."""

    def to_python(self, data: Any) -> Any:
        file = forms.FileField.to_python(self, data)
        if file is None or isinstance(file, CleanPicture):
            return file
        try:
            return verify_picture(file)
        except PictureRefused as refusal:
            raise ValidationError(str(refusal), code="invalid_image") from refusal


class PictureFile(ImageFieldFile):
    """Verifies in `save()`, which every file passes that is stored: by a form, an import, a shell."""

    field: "PictureField"

    def save(self, name: str | None, content: File, save: bool = True) -> None:
        clean = content if isinstance(content, CleanPicture) else verify_picture(content)
        super().save(f"{clean.width}x{clean.height}.{str(clean.name).rpartition('.')[2]}", clean, save=False)
        make_renditions(self.storage, str(self.name), self.field.widths)
        if save:
            self.instance.save()


class PictureField(models.ImageField):
    """A picture across the page, stored with its renditions; a file that is replaced stays, as editions may show it."""

    attr_class = PictureFile
    widths = staticmethod(picture_widths)

    def generate_filename(self, instance: models.Model, filename: str | PathLike[str]) -> str:
        """The name that `upload_to` gives, with the size in it; see aisrace/lib/renditions.py."""
        stem, _, suffix = super().generate_filename(instance, filename).rpartition(".")
        return f"{stem}.{Path(filename).stem}.{suffix}"

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**({"form_class": CleanPictureField} | kwargs))


class PortraitField(PictureField):
    """A face, shown small and square."""

    widths = staticmethod(portrait_widths)
