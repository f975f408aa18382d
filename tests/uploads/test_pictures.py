import io
import struct
import zlib
from typing import cast

import pytest
from PIL import Image, ImageCms

from api.uploads.errors import FileRefused
from api.uploads.pictures import MAX_PIXELS, make_picture
from api.uploads.rules import PICTURE_PURPOSES, PictureShape
from db.vocabulary import ErrorCode, ImageSize, UploadPurpose, UploadStatus
from tests.uploads.house import House, a_picture, patch

EDGE = 500


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def refusal(data: bytes) -> tuple[ErrorCode, str]:
    with pytest.raises(FileRefused) as refused:
        make_picture(data, EDGE)
    return refused.value.code, refused.value.message


def halves(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), "#ff0000")
    picture.paste(Image.new("RGB", (width // 2, height), "#0000ff"), (width // 2, 0))
    return picture


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def near(pixel: object, color: tuple[int, int, int]) -> bool:
    found = cast(tuple[int, int, int], pixel)
    return all(abs(a - b) < 12 for a, b in zip(found, color, strict=True))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_three_square_sizes_are_made_of_each_kind(form: str) -> None:
    made = make_picture(a_picture(1600, 1300, form=form), EDGE)
    sizes = {size: opened(data).size for size, data in made.files.items()}
    assert sizes == {
        ImageSize.SMALL: (160, 160),
        ImageSize.MEDIUM: (500, 500),
        ImageSize.LARGE: (1200, 1200),
    }
    assert all(opened(data).info.get("progressive") for data in made.files.values())
    assert (made.width, made.height) == (1200, 1200)


def test_a_small_picture_is_never_enlarged() -> None:
    made = make_picture(a_picture(700, 500), EDGE)
    assert opened(made.files[ImageSize.LARGE]).size == (500, 500)
    assert (made.width, made.height) == (500, 500)


def test_a_picture_is_turned_upright_and_its_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    exif[0x010F] = "secret camera"
    made = make_picture(saved(halves(800, 800), "JPEG", exif=exif.tobytes(), comment=b"secret"), EDGE)
    large = opened(made.files[ImageSize.LARGE])
    assert near(large.getpixel((400, 10)), (254, 0, 0))
    assert near(large.getpixel((400, 790)), (0, 0, 254))
    assert b"secret" not in made.files[ImageSize.LARGE]
    assert not large.getexif()


def test_the_middle_is_kept() -> None:
    made = make_picture(saved(halves(1500, 500), "PNG"), EDGE)
    middle = opened(made.files[ImageSize.MEDIUM])
    assert near(middle.getpixel((10, 250)), (254, 0, 0))
    assert near(middle.getpixel((490, 250)), (0, 0, 254))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_lie_on_paper(mode: str) -> None:
    clear = Image.new("RGBA", (600, 600), (255, 0, 0, 0))
    picture = clear.quantize(4) if mode == "P" else clear.convert(mode)
    made = make_picture(saved(picture, "PNG"), EDGE)
    assert near(opened(made.files[ImageSize.LARGE]).getpixel((300, 300)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "P", "CMYK"])
def test_every_kind_of_pixel_becomes_rgb(mode: str) -> None:
    grey = Image.new("L", (600, 600), 200)
    picture = grey.convert("I").point(lambda value: value * 256).convert("I;16") if mode == "I;16" else grey
    picture = picture if mode == "I;16" else picture.convert("RGB").convert(mode)
    made = make_picture(saved(picture, "JPEG" if mode == "CMYK" else "PNG"), EDGE)
    large = opened(made.files[ImageSize.LARGE])
    assert large.mode == "RGB"
    if mode != "1":
        assert near(large.getpixel((300, 300)), (200, 200, 200))


def test_a_broken_colour_profile_spoils_no_picture() -> None:
    data = saved(halves(600, 600), "JPEG", icc_profile=b"nonsense")
    assert make_picture(data, EDGE).width == 600


def test_a_colour_profile_is_applied_before_it_goes() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] -- partly typed
    made = make_picture(saved(halves(600, 600), "JPEG", icc_profile=lab), EDGE)
    assert "icc_profile" not in opened(made.files[ImageSize.LARGE]).info
    assert near(opened(made.files[ImageSize.LARGE]).getpixel((10, 300)), (254, 0, 0))


def test_what_stands_in_while_a_picture_loads_is_told() -> None:
    made = make_picture(saved(Image.new("RGB", (600, 600), "#336699"), "PNG"), EDGE)
    assert made.dominant_color == "#336699"
    assert len(made.blurhash) == 36


def test_the_same_file_makes_the_same_pictures() -> None:
    data = a_picture()
    assert make_picture(data, EDGE).files == make_picture(data, EDGE).files


@pytest.mark.parametrize("size", [(499, 800), (800, 499), (1, 1)])
def test_a_picture_with_a_short_edge_is_refused(size: tuple[int, int]) -> None:
    code, message = refusal(a_picture(*size))
    assert code is ErrorCode.IMAGE_TOO_SMALL
    assert message == f"The picture has {size[0]} x {size[1]} pixels; both edges need at least 500."


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_kinds_are_refused_whatever_their_name(form: str) -> None:
    assert refusal(a_picture(600, 600, form=form))[0] is ErrorCode.NOT_AN_IMAGE


@pytest.mark.parametrize("kept", [0, 3, 30, 200, 0.5, 0.98])
def test_a_cut_picture_is_refused(kept: float) -> None:
    whole = a_picture(600, 600, form="PNG")
    cut = whole[: kept if isinstance(kept, int) else int(len(whole) * kept)]
    assert refusal(cut)[0] is ErrorCode.NOT_AN_IMAGE


@pytest.mark.parametrize("edge", [5001, 20_000, 60_000])
def test_a_bomb_is_refused_by_its_header(edge: int) -> None:
    code, message = refusal(a_bomb(edge))
    assert code is ErrorCode.NOT_AN_IMAGE
    assert "more than the 25 million we take" in message


def test_the_largest_picture_is_taken() -> None:
    edge = int(MAX_PIXELS**0.5)
    assert make_picture(saved(Image.new("L", (edge, edge)), "PNG"), EDGE).width == 1200


def a_bomb(edge: int) -> bytes:
    """A PNG of a few hundred bytes that says it is huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(9000))) + chunk(b"IEND", b"")


def test_a_cover_becomes_pictures_and_the_file_itself_is_not_kept(house: House) -> None:
    data = a_picture(900, 700, form="PNG")
    upload = house.announce(len(data), UploadPurpose.COVER_ART, filename="c.png")
    assert patch(upload, data).status_code == 204
    row = house.row(upload)
    assert (row.status, row.media_type, row.picture_id) == (
        UploadStatus.COMPLETED,
        "image/png",
        f"pic_{upload.id[4:]}",
    )
    house.delete_files()
    assert len(house.files()) == 3
    assert opened(house.files()[f"pictures/{row.picture_id}/large.jpg"]).size == (700, 700)
    assert house.counts()["Picture"] == 1


def test_a_page_named_as_a_picture_is_refused_at_its_first_bytes(house: House) -> None:
    upload = house.announce(2000, UploadPurpose.COVER_ART, filename="c.png")
    answer = patch(upload, b"<html><script>" + b" " * 500)
    assert (answer.status_code, answer.json()["code"]) == (422, "NOT_AN_IMAGE")
    assert house.row(upload).status is UploadStatus.REJECTED


def test_a_small_cover_is_refused_and_leaves_nothing(house: House) -> None:
    data = a_picture(400, 400)
    upload = house.announce(len(data), UploadPurpose.COVER_ART)
    answer = patch(upload, data)
    assert (answer.status_code, answer.json()["code"]) == (422, "IMAGE_TOO_SMALL")
    house.delete_files()
    assert (house.files(), house.counts()["Picture"]) == ({}, 0)


@pytest.mark.parametrize(
    ("sent", "sizes"),
    [
        ((2400, 1600), [(160, 107), (500, 333), (1200, 800)]),
        ((900, 1800), [(80, 160), (250, 500), (600, 1200)]),
        ((400, 350), [(160, 140), (400, 350), (400, 350)]),
        ((8000, 320), [(160, 6), (500, 20), (1200, 48)]),
    ],
)
def test_a_photo_keeps_its_shape_and_is_never_enlarged(
    sent: tuple[int, int], sizes: list[tuple[int, int]]
) -> None:
    made = make_picture(a_picture(*sent), 320, shape=PictureShape.WHOLE)
    assert [opened(made.files[size]).size for size in ImageSize] == sizes
    assert (made.width, made.height) == sizes[-1]
    assert len(made.blurhash) == 36


def test_a_photo_is_turned_upright_and_its_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    exif[0x010F] = "secret camera"
    data = saved(halves(800, 400), "JPEG", exif=exif.tobytes(), comment=b"secret")
    made = make_picture(data, 320, shape=PictureShape.WHOLE)
    large = opened(made.files[ImageSize.LARGE])
    assert large.size == (400, 800)
    assert near(large.getpixel((200, 10)), (254, 0, 0))
    assert near(large.getpixel((200, 790)), (0, 0, 254))
    assert b"secret" not in made.files[ImageSize.LARGE]
    assert not large.getexif()


@pytest.mark.parametrize(
    ("purpose", "size"),
    [(UploadPurpose.PROFILE_PICTURE, (600, 600)), (UploadPurpose.ABOUT_PHOTO, (800, 600))],
)
def test_of_every_kind_of_picture_only_ours_are_kept(
    house: House, purpose: UploadPurpose, size: tuple[int, int]
) -> None:
    data = a_picture(800, 600, form="WEBP")
    upload = house.announce(len(data), purpose, filename="me.webp")
    assert patch(upload, data).status_code == 204
    row = house.row(upload)
    assert (row.status, row.media_type) == (UploadStatus.COMPLETED, "image/webp")
    house.delete_files()
    large = house.files()[f"pictures/{row.picture_id}/large.jpg"]
    assert (opened(large).size, len(house.files())) == (size, 3)


@pytest.mark.parametrize("purpose", sorted(PICTURE_PURPOSES))
def test_a_picture_that_nobody_used_goes_with_everything(house: House, purpose: UploadPurpose) -> None:
    data = a_picture(640, 640)
    upload = house.announce(len(data), purpose)
    patch(upload, data)
    house.age(upload, days=8)
    house.sweep()
    house.delete_files()
    assert (house.files(), house.counts()["Picture"]) == ({}, 0)
    assert house.row(upload).status is UploadStatus.EXPIRED


def test_a_profile_picture_has_a_shortest_edge_and_a_photo_a_lower_one(house: House) -> None:
    data = a_picture(499, 900)
    picture, photo = [
        house.announce(len(data), purpose)
        for purpose in (UploadPurpose.PROFILE_PICTURE, UploadPurpose.ABOUT_PHOTO)
    ]
    answer = patch(picture, data)
    assert (answer.status_code, answer.json()["code"]) == (422, "IMAGE_TOO_SMALL")
    assert patch(photo, data).status_code == 204
