"""The logo of a structure: whatever comes in, a small PNG of our own goes out."""

import random
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from certif import limits
from tests.people import client_of


def image(format="PNG", size=(40, 20), mode="RGB", **options) -> bytes:
    file = BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(file, format, **options)
    return file.getvalue()


def send(user, structure, content: bytes, name="logo.png"):
    return client_of(user).post(f"/structures/{structure.pk}/logo/", {"logo": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_it_is_reencoded(lea, karim, fabrique, format):
    comment = {"comment": b"secret"} if format == "JPEG" else {}
    assert send(lea, fabrique, image(format, **comment)).headers["Location"] == f"/structures/{fabrique.pk}/"
    response = client_of(karim).get(f"/structures/{fabrique.pk}/logo.png")
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with Image.open(BytesIO(response.content)) as shown:
        assert (shown.format, shown.size) == ("PNG", (40, 20))
    assert b"secret" not in response.content


def test_a_large_one_is_reduced(lea, fabrique):
    noise = Image.frombytes("RGB", (1500, 1200), random.Random(1).randbytes(1500 * 1200 * 3))
    file = BytesIO()
    noise.save(file, "PNG")
    send(lea, fabrique, file.getvalue())
    fabrique.refresh_from_db()
    assert len(fabrique.logo) <= limits.LOGO_BYTES


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce fichier n’est pas une image PNG ou JPEG lisible."),
        (b"GIF89a" + b"\0" * 100, "Ce fichier n’est pas une image PNG ou JPEG lisible."),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "Ce fichier n’est pas une image PNG ou JPEG lisible.",
        ),
        (image()[:16] + b"\xff" * 50, "Ce fichier n’est pas une image PNG ou JPEG lisible."),
        (image(size=(9000, 5000), mode="1"), "Cette image dépasse 40 millions de pixels"),
        (image(size=(15000, 15000), mode="1"), "Cette image dépasse 40 millions de pixels"),
        (b"\x89PNG" + b"\0" * (limits.LOGO_UPLOAD_BYTES), "Ce fichier dépasse 10 Mo."),
    ],
    ids=["empty", "gif", "svg", "spoiled", "many pixels", "bomb", "heavy"],
)
def test_what_is_not_a_logo_is_refused(lea, fabrique, content, said):
    response = send(lea, fabrique, content)
    assert response.status_code == 422
    assert said in response.content.decode()
    fabrique.refresh_from_db()
    assert fabrique.logo is None


def test_a_file_beyond_every_limit_is_a_413(lea, fabrique):
    response = send(lea, fabrique, b"\0" * (limits.EVIDENCE_BYTES + 1))
    assert response.status_code == 413
    assert "Ce fichier dépasse 10 Mo." in response.content.decode()


def test_no_file_at_all(lea, fabrique):
    response = client_of(lea).post(f"/structures/{fabrique.pk}/logo/")
    assert response.status_code == 422
    assert "Ce champ est obligatoire." in response.content.decode()


def test_it_is_removed(lea, fabrique):
    send(lea, fabrique, image())
    client_of(lea).post(f"/structures/{fabrique.pk}/logo/retirer/")
    assert client_of(lea).get(f"/structures/{fabrique.pk}/logo.png").status_code == 404


def test_who_may(lea, karim, lise, oscar, adele, reseau, fabrique):
    send(lea, fabrique, image())
    for path in ("logo/", "logo/retirer/"):
        address = f"/structures/{fabrique.pk}/{path}"
        answers = [client_of(user).post(address).status_code for user in (karim, lise, oscar, adele)]
        assert answers == [403, 403, 404, 404]
        assert client_of().post(address).headers["Location"] == f"/connexion/?next={address}"
        assert client_of(lea).get(address).status_code == 405
    read = [client_of(user).get(f"/structures/{fabrique.pk}/logo.png").status_code for user in (lise, oscar, adele)]
    assert read == [200, 404, 404]
