"""What becomes of an uploaded picture: refused with a sentence, or drawn anew without anything else that was in it."""

import zlib
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from aisrace.lib import pictures
from aisrace.lib.pictures import CleanPicture, CleanPictureField, PictureRefused, make_renditions, verify_picture
from aisrace.lib.renditions import (
    list_renditions,
    picture_widths,
    place_square,
    portrait_sources,
    portrait_widths,
    read_size,
    step_focus,
)

PLACE = "48.12.30 north"


def encode(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    data = BytesIO()
    image.save(data, form, **options)
    return data.getvalue()


def plain(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Its left half is dark, its right half bright."""
    image = Image.new("RGB", (width, height), (20, 30, 40))
    image.paste((220, 210, 200), (width // 2, 0, width, height))
    return image.quantize() if mode == "P" else image.convert(mode)


def is_dark_then_bright(image: Image.Image, dark: tuple[int, int], bright: tuple[int, int]) -> bool:
    image = image.convert("RGB")
    return max(image.getpixel(dark)) < 80 and min(image.getpixel(bright)) > 150


def opened(clean: CleanPicture) -> Image.Image:
    clean.seek(0)
    return Image.open(BytesIO(clean.read()))


def claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims another size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


# --- Taken -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_pictures_of_the_web_are_drawn_anew(form: str) -> None:
    data = encode(plain(), form)
    clean = verify_picture(ContentFile(data, "misnamed.svg"))
    image = opened(clean)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (400, 300))
    assert (clean.name, clean.width, clean.height) == ("400x300.jpg", 400, 300)
    assert is_dark_then_bright(image, (20, 150), (380, 150))
    clean.seek(0)
    assert clean.read() != data


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA", "RGBA"])
def test_every_mode_becomes_rgb_with_the_same_look(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    image = opened(verify_picture(ContentFile(encode(plain(mode=mode), form))))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert is_dark_then_bright(image, (20, 150), (380, 150))


def test_sixteen_bits_become_eight() -> None:
    deep = Image.new("I;16", (400, 300), 0x2000)
    deep.paste(Image.new("I;16", (200, 300), 0xE000), (200, 0))
    image = opened(verify_picture(ContentFile(encode(deep, "PNG"))))
    assert image.getpixel((20, 150)) == pytest.approx((0x20, 0x20, 0x20), abs=3)
    assert image.getpixel((380, 150)) == pytest.approx((0xE0, 0xE0, 0xE0), abs=3)


def test_what_shows_through_stays_so() -> None:
    image = plain(mode="RGBA")
    image.putalpha(Image.new("L", image.size, 100))
    clean = verify_picture(ContentFile(encode(image, "PNG")))
    assert (opened(clean).format, opened(clean).mode, clean.name) == ("PNG", "RGBA", "400x300.png")


def test_a_colour_that_shows_through_does_so_when_made_smaller() -> None:
    image = plain(3000, 2000)
    clean = opened(verify_picture(ContentFile(encode(image, "PNG", transparency=(220, 210, 200)))))
    assert (clean.mode, clean.size) == ("RGBA", (2560, 1707))
    assert [clean.getchannel("A").getpixel((x, 900)) for x in (20, 2540)] == [255, 0]


@pytest.mark.parametrize("mode", ["P", "I;16", "LA"])
def test_large_ones_of_every_mode_keep_their_look(mode: str) -> None:
    image = plain(3000, 2000, "P" if mode == "P" else "L")
    image = image.convert("I").point(lambda value: value * 256).convert("I;16") if mode == "I;16" else image
    clean = opened(verify_picture(ContentFile(encode(image.convert(mode), "PNG"))))
    assert (clean.mode, clean.size) == ("RGB", (2560, 1707))
    assert is_dark_then_bright(clean, (20, 900), (2540, 900))


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    data = encode(plain(), "GIF", save_all=True, append_images=[Image.new("RGB", (400, 300), "red")])
    image = opened(verify_picture(ContentFile(data)))
    assert getattr(image, "n_frames", 1) == 1
    assert sum(image.getpixel((20, 150))) < 150


def test_large_ones_are_kept_as_large_as_screens_show() -> None:
    clean = verify_picture(ContentFile(encode(plain(5200, 2600))))
    assert (clean.width, clean.height) == (2560, 1280)


def test_the_camera_held_sideways_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned right by ninety degrees
    image = opened(verify_picture(ContentFile(encode(plain(), exif=exif))))
    assert image.size == (300, 400)
    assert is_dark_then_bright(image, (150, 20), (150, 380))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_else_that_was_in_the_file_is_kept(form: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = PLACE
    exif.get_ifd(0x8825)[29] = PLACE
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = plain()
    data = encode(image, form, exif=exif.tobytes(), icc_profile=profile) + b"<script>alert(1)</script>"
    assert PLACE.encode() in data  # the bait
    assert profile[:100] in data or form == "PNG"  # which packs it
    clean = verify_picture(ContentFile(data))
    clean.seek(0)
    kept = clean.read()
    assert not opened(clean).getexif()
    assert {"exif", "icc_profile", "comment", "xmp"} & set(opened(clean).info) == set()
    assert PLACE.encode() not in kept
    assert b"<script>" not in kept


def test_a_colour_profile_that_cannot_be_used_is_passed_over() -> None:
    wrong = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (wrong, b"no profile at all"):
        image = opened(verify_picture(ContentFile(encode(plain(), icc_profile=profile))))
        assert sum(image.getpixel((20, 150))) < 150


# --- Refused ---------------------------------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", SVG, b"<html><script>alert(1)</script>", encode(plain(), "BMP"), encode(plain(), "TIFF")]
)
def test_anything_else_is_refused_whatever_its_name(data: bytes) -> None:
    with pytest.raises(PictureRefused, match=r"not a JPEG, PNG, WebP, AVIF or GIF picture|damaged"):
        verify_picture(SimpleUploadedFile("picture.jpg", data, "image/jpeg"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_half_a_file_is_refused(form: str, share: float) -> None:
    noise = Image.effect_noise((400, 300), 60).convert("RGB")
    data = encode(noise, form)
    verify_picture(ContentFile(data))
    with pytest.raises(PictureRefused, match=r"damaged|is not a JPEG"):
        verify_picture(ContentFile(data[: int(len(data) * share)]))


@pytest.mark.parametrize("size", [(199, 400), (400, 199), (1, 1)])
def test_small_ones_are_refused_with_their_size(size: tuple[int, int]) -> None:
    with pytest.raises(PictureRefused, match=f"too small: {size[0]} × {size[1]} pixels"):
        verify_picture(ContentFile(encode(plain(*size))))
    verify_picture(ContentFile(encode(plain(200, 200))))


def test_a_strip_is_refused_that_would_be_too_small_when_kept() -> None:
    with pytest.raises(PictureRefused, match="too narrow a strip"):
        verify_picture(ContentFile(encode(plain(3000, 210))))


@pytest.mark.parametrize(
    ("size", "most"),
    [((6000, 4001), 24), ((8000, 6300), 24), ((10_000, 9_500), 50), ((60_000, 60_000), 50), ((2**31 - 1,) * 2, 50)],
)
def test_bombs_are_refused_before_they_are_unpacked(size: tuple[int, int], most: int) -> None:
    with pytest.raises(PictureRefused, match=f"more than {most} million pixels"):
        verify_picture(ContentFile(claims(*size)))
    with pytest.raises(PictureRefused, match="damaged"):
        verify_picture(ContentFile(claims(400, 300)))


def test_cameras_may_send_more_as_a_jpeg() -> None:
    picture = Image.new("L", (6300, 4000))
    assert verify_picture(ContentFile(encode(picture))).width == 2560
    with pytest.raises(PictureRefused, match=r"more than 24 million pixels: save it smaller, or as a JPEG"):
        verify_picture(ContentFile(encode(picture, "PNG")))
    with pytest.raises(PictureRefused, match="more than 50 million pixels: save it smaller and"):
        verify_picture(ContentFile(encode(Image.new("L", (8000, 6300)))))


def test_too_many_bytes_are_refused_without_reading_on() -> None:
    with pytest.raises(PictureRefused, match="larger than 15 MB"):
        verify_picture(ContentFile(encode(plain()) + bytes(pictures.MAX_BYTES)))


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encode(plain(), progressive=True)
    scan = data[data.index(b"\xff\xda") : data.index(b"\xff", data.index(b"\xff\xda") + 2)]
    with pytest.raises(PictureRefused, match="too many layers"):
        verify_picture(ContentFile(data[:-2] + scan * 200 + data[-2:]))


def test_a_form_says_why() -> None:
    field = CleanPictureField()
    with pytest.raises(ValidationError, match="too small"):
        field.clean(SimpleUploadedFile("a.png", encode(plain(20, 20), "PNG")))
    clean = field.clean(SimpleUploadedFile("a.png", encode(plain(), "PNG")))
    assert isinstance(clean, CleanPicture)
    assert field.clean(clean) is clean
    assert CleanPictureField(required=False).clean(None) is None


# --- Renditions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "expected"),
    [(200, [200]), (500, [320, 500]), (960, [320, 640, 960]), (2560, [320, 640, 960, 1280, 1920])],
)
def test_no_rendition_is_wider_than_the_picture(width: int, expected: list[int]) -> None:
    assert picture_widths(width, 300) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [((200, 200), [96, 192]), ((800, 400), [192, 384, 768]), ((400, 800), [96, 192, 384]), ((300, 390), [96, 192])],
)
def test_faces_are_chosen_by_their_short_side(size: tuple[int, int], expected: list[int]) -> None:
    assert portrait_widths(*size) == expected


def test_names_tell_everything() -> None:
    assert read_size("/media/pictures/ab.400x300.jpg") == (400, 300)
    assert read_size("/media/pictures/old.jpg") is read_size("x.400x300.svg") is None
    assert list_renditions("/m/ab.400x300.png")["webp"] == [
        {"width": 320, "url": "/m/ab.400x300.w320.webp"},
        {"width": 400, "url": "/m/ab.400x300.w400.webp"},
    ]
    assert list_renditions("/m/old.jpg") == {}
    assert portrait_sources("/m/ab.400x300.jpg") == (
        ("avif", "/m/ab.400x300.w128.avif 1x, /m/ab.400x300.w256.avif 2x"),
        ("webp", "/m/ab.400x300.w128.webp 1x, /m/ab.400x300.w256.webp 2x"),
    )
    assert portrait_sources("") == portrait_sources("/media/a.jpg") == ()


@pytest.mark.parametrize(("percent", "step"), [(0, 0), (4, 0), (5, 10), (50, 50), (96, 100), (100, 100), (255, 100)])
def test_the_focus_is_told_in_tenths(percent: int, step: int) -> None:
    assert step_focus(percent) == step


@pytest.mark.parametrize(
    ("size", "focus", "expected"),
    [
        ((400, 400), (10, 90), (50, 50)),
        ((800, 400), (50, 0), (50, 50)),
        ((800, 400), (20, 50), (0, 50)),
        ((800, 400), (40, 50), (30, 50)),
        ((400, 1200), (0, 70), (50, 80)),
        ((400, 1200), (0, 100), (50, 100)),
    ],
)
def test_the_focus_comes_to_the_middle_of_the_square(
    size: tuple[int, int], focus: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert place_square(size, focus) == expected


@pytest.mark.parametrize("widths", [picture_widths, portrait_widths])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_names_are_those_of_files_that_are_there(tmp_path: Path, widths: Any, mode: str) -> None:
    storage = FileSystemStorage(tmp_path)
    image = plain(1000, 500, mode)
    if mode == "RGBA":
        image.putpixel((0, 0), (0, 0, 0, 0))
    clean = verify_picture(ContentFile(encode(image, "PNG")))
    name = storage.save(f"p/ab.{clean.name}", clean)
    made = make_renditions(storage, name, widths)
    assert {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.*")} == {name, *made}
    named = {each["url"] for each in chain(*list_renditions(name).values())}
    if widths is portrait_widths:
        named = {part.split()[0] for _, srcset in portrait_sources(name) for part in srcset.split(", ")}
    assert named == set(made)
    for file in made:
        with Image.open(tmp_path / file) as rendition:
            assert (rendition.format or "").lower() == file.rpartition(".")[2]
            assert f".w{rendition.width}." in file
            assert rendition.width == pytest.approx(2 * rendition.height, abs=1)
            assert ("A" in rendition.mode) == (mode == "RGBA")
            middle = rendition.height // 2
            assert is_dark_then_bright(rendition, (5, middle), (rendition.width - 5, middle))


def test_repeating_writes_nothing_and_mends_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = FileSystemStorage(tmp_path)
    name = storage.save("ab.400x300.jpg", verify_picture(ContentFile(encode(plain()))))
    made = make_renditions(storage, name)
    storage.delete(made[-1])
    assert make_renditions(storage, name) == made
    assert storage.exists(made[-1])
    monkeypatch.setattr(pictures, "_encode", None)  # would fail if anything were written
    assert make_renditions(storage, name) == made
    assert len(list(tmp_path.iterdir())) == len(made) + 1
    assert make_renditions(storage, "old.jpg") == []
