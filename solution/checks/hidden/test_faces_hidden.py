"""Hidden checks of faces.py: photographs, codes and projections."""

import math

import numpy as np
import pytest
import torch
from PIL import Image

from grader.checks import (
    CheckFailure,
    as_number,
    assert_array,
    assert_ndarray,
    assert_tensor,
    unpack,
)
from grader.worker.standins import stand_in

SAMPLING = 0.025
"""Mean difference between two ways to resize a picture, over the means of blocks of 8 x 8 pixels.
On these photographs every way to interpolate differs from bilinear by 0.012 at most; of other cuts,
each has a picture that differs by 0.073 or more."""


def photos_in(data):
    """The folder of photographs; with --data data/full, it lies beside that."""
    return next(p for p in (data / "photos", data.parent / "photos") if p.is_dir())


def resized(picture, size):
    """What may become of a picture, by name: float64 (3, size, size) each."""
    picture = picture.convert("RGB")
    width, height = picture.size
    scale = size / min(width, height)
    whole = picture.resize((round(width * scale), round(height * scale)), Image.Resampling.BILINEAR)
    left, top = (whole.width - size) // 2, (whole.height - size) // 2
    found = {
        "right": whole.crop((left, top, left + size, top + size)),
        "the whole picture, squeezed into a square": picture.resize((size, size)),
        "the upper left corner": whole.crop((0, 0, size, size)),
        "a cut-out without resizing": picture.crop(
            ((width - size) // 2, (height - size) // 2, (width + size) // 2, (height + size) // 2)
        ),
    }
    return {name: np.asarray(p).transpose(2, 0, 1) / 255 for name, p in found.items()}


def blocks(image):
    """Means of blocks of 8 x 8 pixels: (3, size / 8, size / 8)."""
    size = image.shape[1] // 8
    return image.reshape(3, size, 8, size, 8).mean(axis=(2, 4))


@pytest.mark.task("load_faces", weight=2)
def test_middle_of_the_photographs(student, data):
    """Pictures keep their proportions, and the square in the middle is cut out."""
    for size in (56, 128):
        photos = student.keep(student.faces.load_faces, str(photos_in(data)), size)
        files = sorted(photos_in(data).glob("*/*.png"))
        samples = student.probes.samples(photos, list(range(len(files))))
        for path, sample in zip(files, samples, strict=True):
            image, label = unpack(sample, 2, name="a sample")
            image = assert_tensor(image, name="an image", shape=(3, size, size))
            if as_number(label, name="a label") != (path.parent.name == "happy"):
                raise CheckFailure("a label is wrong", expected="0 for angry and 1 for happy")
            with Image.open(path) as picture:
                wanted = resized(picture, size)
            shown = blocks(image.double().numpy())
            away = {name: np.abs(shown - blocks(w)).mean() for name, w in wanted.items()}
            if away["right"] > SAMPLING:
                nearest = min(away, key=away.get)
                known = nearest != "right" and away[nearest] < SAMPLING
                raise CheckFailure(
                    "a picture is not resized and cut as asked",
                    expected="its shorter side resized, proportions kept, and its middle",
                    actual=nearest if known else "something else",
                    hint="A face must not become broader or narrower.",
                )


@pytest.mark.task("load_faces", weight=1)
def test_photographs_stay_the_same(student, data):
    """A picture is the same each time, and the folder is the one that is named."""
    photos = student.keep(student.faces.load_faces, str(photos_in(data)), 48)
    indices = [1, 5, 8, 14, 17, 20]
    first, second = (student.probes.samples(photos, indices) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        if not torch.equal(one[0], other[0]):
            raise CheckFailure("a picture changes from one time to the next", hint="CenterCrop")
    # There are no classes in the folder of a class, which ImageFolder refuses.
    outcome = student.attempt(student.faces.load_faces, str(photos_in(data) / "happy"), 48)
    if outcome.ok:
        raise CheckFailure(
            "load_faces opened a folder without classes",
            expected="the folder that was named, which holds none",
            actual="a data set",
            hint="Does your function use its first argument?",
        )


@pytest.mark.task("face_codes", weight=2)
def test_codes_belong_to_their_faces(student, torch_rng):
    """Codes come in evaluation mode without a graph; each stands beside its own label."""
    images, labels = torch.rand(23, 3, 3, 4, generator=torch_rng), torch.arange(23)
    for mode in (True, False):
        model = student.probes.stand_in(6, 5, dropout=0.4, batchnorm=True)
        state = student.probes.state(model)
        for key in state:
            if key.endswith("running_var"):
                state[key] = 0.5 + torch.rand(state[key].shape, generator=torch_rng)
        student.probes.load_state(model, state)
        twin = stand_in(6, 5, state, dropout=0.4, batchnorm=True).eval()
        with torch.no_grad():
            wanted = twin.encoder(images)
        student.probes.set_training(model, mode)
        loader = student.probes.loader(images, labels, 5, shuffle=True)
        result = student.keep(student.faces.face_codes, model.encoder, loader)
        if student.value(student.item(result, 0).requires_grad):
            raise CheckFailure("the codes drag a graph for gradients along", hint="torch.no_grad()")
        codes, found = unpack(student.value(result), 2, name="face_codes(...)")
        assert_tensor(codes, name="the codes", shape=(23, 5))
        assert_tensor(found, name="the labels", shape=(23,), dtype=torch.int64)
        assert_array(found.sort().values, labels, name="the labels, sorted,", rtol=0, atol=0)
        # One linear layer of 36 numbers in float32; other rows differ by 0.1.
        hint = "In evaluation mode; codes and labels from the same pass through the loader."
        assert_array(codes, wanted[found], name="the codes", rtol=1e-4, atol=1e-5, hint=hint)
        if student.probes.is_training(model.encoder) != mode:
            modes = ("evaluation", "training")
            raise CheckFailure(
                "the encoder is not in the mode that it was in",
                expected=f"{modes[mode]} mode",
                actual=f"{modes[not mode]} mode",
            )


def neighbours(codes, labels):
    """All distances, and the share of neighbours with the same label."""
    difference = codes[:, None].double() - codes[None].double()
    distances = difference.square().sum(dim=2).sqrt()
    distances.fill_diagonal_(math.inf)
    return distances, (labels[distances.argmin(dim=1)] == labels).double().mean().item()


@pytest.mark.task("face_codes", weight=2)
def test_separation_of_random_codes(student, torch_rng):
    """The separation is the share of faces whose nearest other face has their label."""
    rounds = 0
    while rounds < 4:
        labels = torch.randint(3, (29,), generator=torch_rng)
        centres = torch.randn(3, 4, generator=torch_rng) * torch.tensor([6.0, 1.0, 1.0, 0.3])
        codes = 2 + centres[labels] + torch.randn(29, 4, generator=torch_rng)
        distances, wanted = neighbours(codes, labels)
        nearest = distances.sort(dim=1).values
        if (nearest[:, 1] < 1.001 * nearest[:, 0]).any():
            continue  # too close to call in float32
        rounds += 1
        found = as_number(student.faces.separation(codes, labels), name="separation(...)")
        means = torch.stack([codes[labels == kind].mean(dim=0) for kind in labels.unique()])
        centre = labels.unique()[torch.cdist(codes, means).argmin(dim=1)]
        same = labels[:, None] == labels
        others = {
            "1, as if each face were its own neighbour": 1.0,
            "the share of faces closest to the mean of their class": (
                (centre == labels).double().mean().item()
            ),
            "the share of pairs with the same label": same.double().mean().item(),
            "the share of faces whose neighbour has another label": 1 - wanted,
            "a percentage": 100 * wanted,
        }
        for what, other in others.items():
            if abs(found - other) < 1e-6 and abs(other - wanted) > 1e-6:
                raise CheckFailure(
                    f"the separation is {what}",
                    expected="the share of faces whose nearest other face has their label",
                    actual=what,
                )
        assert_array(found, wanted, name="the separation", rtol=0, atol=1e-6)


@pytest.mark.task("projections", weight=2)
def test_pca_is_exact(student, torch_rng):
    """The points of PCA are those of a singular value decomposition, up to signs."""
    turn = torch.linalg.qr(torch.randn(6, 6, generator=torch_rng)).Q
    codes = torch.randn(31, 6, generator=torch_rng) * torch.tensor([9.0, 4, 2, 1, 0.5, 0.2])
    codes = codes @ turn + 5 * torch.randn(6, generator=torch_rng)
    centred = (codes - codes.mean(dim=0)).double()
    u, s, _ = torch.linalg.svd(centred, full_matrices=False)
    wanted = (u * s)[:, :2].numpy()
    found = student.faces.project_pca(codes)
    found = assert_ndarray(found, name="project_pca(codes)", shape=(31, 2)).astype(np.float64)
    others = {
        "whitened: each coordinate divided by its spread": wanted / wanted.std(axis=0, ddof=1),
        "those of standardised codes": first_two(centred / centred.std(dim=0, unbiased=False)),
        "those of codes that were not centred": first_two(codes.double()),
    }
    for what, other in others.items():
        if np.allclose(np.abs(found), np.abs(other), rtol=0.03, atol=0.03):
            raise CheckFailure(
                f"the points are {what}", expected="coordinates of the centred codes", actual=what
            )
    signs = np.sign((found * wanted).sum(axis=0))
    # float32 through a covariance: 1e-6 of 9^2 over a gap of 9^2 - 4^2, times values of 20.
    assert_array(found, signs * wanted, name="the points, signs aside,", rtol=1e-3, atol=5e-3)


def first_two(codes):
    u, s, _ = torch.linalg.svd(codes, full_matrices=False)
    return (u * s)[:, :2].numpy()


@pytest.mark.task("projections", weight=2)
def test_tsne_keeps_neighbours(student, torch_rng):
    """Ten groups of codes that no plane can hold apart stay apart in the picture of t-SNE."""
    labels = torch.arange(10).repeat(7)
    codes = 5 * torch.eye(14)[:10][labels] + 0.7 * torch.randn(70, 14, generator=torch_rng)
    found = student.faces.project_tsne(codes, 6.0, 3)
    found = assert_ndarray(found, name="project_tsne(codes, 6)", shape=(70, 2))
    # On 20 seeds t-SNE had 1.0 throughout, two coordinates of PCA 0.72 at most, and t-SNE of these
    # two 0.75.
    _, share = neighbours(torch.from_numpy(found.astype(np.float64)), labels)
    if share < 0.95:
        raise CheckFailure(
            "neighbours in the picture are no neighbours among the codes",
            expected="ten groups apart",
            actual=f"{share:.0%} of the points beside one of their group",
            hint="Give the codes themselves to t-SNE.",
        )


@pytest.mark.task("projections", weight=1)
def test_tsne_follows_its_arguments(student, torch_rng):
    """The same seed gives the same points; the perplexity counts, up to a third of the others."""
    codes = torch.randn(40, 5, generator=torch_rng)

    def points(count, *arguments):
        student.seed(int(torch.randint(2**31, (), generator=torch_rng)))
        found = student.faces.project_tsne(codes[:count], *arguments)
        return assert_ndarray(found, name="project_tsne(...)", shape=(count, 2)).astype(np.float64)

    few = points(40, 3.0, 7)
    size = float(few.std())
    again = points(40, 3.0, 7)
    # The reference gives the same numbers twice; other perplexities moved points by 2 spreads.
    if np.abs(few - again).max() > 0.05 * size:
        raise CheckFailure("one seed gives two pictures", hint="random_state takes the seed.")
    if np.abs(few - points(40, 12.0, 7)).max() < 0.05 * size:
        raise CheckFailure("the perplexity makes no difference", expected="another picture")
    capped, wanted = points(16, 30.0, 7), points(16, 5.0, 7)
    if np.abs(capped - wanted).max() > 0.05 * wanted.std():
        raise CheckFailure(
            "for 16 faces and perplexity 30, points are not those of perplexity 5",
            expected="(N - 1) / 3 where the perplexity asked for is larger",
        )
