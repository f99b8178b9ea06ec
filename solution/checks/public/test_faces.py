"""Public checks of faces.py."""

import importlib.util
import io
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from grader.checks import (
    CheckFailure,
    as_number,
    as_numbers,
    assert_array,
    assert_axes_off,
    assert_grid,
    assert_loss_below,
    assert_ndarray,
    assert_tensor,
    assert_titled,
    read_figure,
    unpack,
)

SIDE, WIDTHS = 8, (32, 64, 64)
"""The network scaled down to 8 x 8 pixels."""
LATENTS = (3, 24)
TRAINING, UNSEEN, BATCH = 192, 100, 16
EPOCHS, LR = 12, 5e-3
THRESHOLD = 0.03
"""Mean squared error on unseen faces after 144 steps, between what right networks reach and what
wrong ones do; the distributions are in solution/calibration/faces.json."""
STARTS = 2
"""A second start for a right network that was unlucky with its first."""


def drawn(data, count, seed, size):
    """Faces of the generator in the data folder: images (count, 3, size, size), and labels."""
    # With --data data/full, the generator lies above.
    path = next(p for p in (data / "faces.py", data.parent / "faces.py") if p.is_file())
    spec = importlib.util.spec_from_file_location("drawn_faces", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    images, labels = module.draw_faces(count, seed, size)
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255, torch.from_numpy(labels)


def photos_in(data):
    """The folder of photographs; with --data data/full, it lies beside that."""
    return next(p for p in (data / "photos", data.parent / "photos") if p.is_dir())


@pytest.mark.timeout(60)  # a first import of torchvision
@pytest.mark.task("load_faces", weight=1, gate=True)
def test_photographs_are_tensors(student, data):
    """A photograph becomes a float32 tensor (3, size, size) from 0 to 1, with a label."""
    photos = student.keep(student.faces.load_faces, str(photos_in(data)), 40)
    if (count := student.probes.length(photos)) != 24:
        raise CheckFailure("the data set is not whole", expected="24 pictures", actual=str(count))
    image, label = unpack(student.probes.samples(photos, [13])[0], 2, name="a sample")
    assert_tensor(
        image,
        name="an image of load_faces(root, 40)",
        shape=(3, 40, 40),
        dtype=torch.float32,
        low=0.0,
        high=1.0,
        hint="Resize(size) sets the shorter side; what follows it?",
    )
    if as_number(label, name="the label of a happy face") != 1:
        raise CheckFailure("the label of a happy face", expected="1", actual=str(label))


@pytest.mark.task("load_faces", weight=1)
def test_every_size_and_grey_too(student, data):
    """Pictures of all sizes come out alike, and grey ones with three equal channels."""
    photos = student.keep(student.faces.load_faces, str(photos_in(data)), 40)
    files = sorted(photos_in(data).glob("*/*.png"))
    for path, sample in zip(files, student.probes.samples(photos, list(range(24))), strict=True):
        with Image.open(path) as picture:
            mode, size = picture.mode, f"{picture.width} x {picture.height}"
        image = unpack(sample, 2, name="a sample")[0]
        assert_tensor(image, name=f"{path.name}, {size} pixels,", shape=(3, 40, 40))
        if mode == "L" and not torch.equal(image[0], image[2]):
            raise CheckFailure(f"{path.name} is grey", expected="equal channels", actual="colours")


@pytest.mark.task("train_latents", weight=1, gate=True)
def test_a_network_for_each_latent(student, torch_rng):
    """There is a network and a list of losses for each length, and its codes have that length."""
    images = torch.rand(5, 3, 4, 4, generator=torch_rng)
    loader = student.probes.loader(images, torch.zeros(5, dtype=torch.int64), 3)
    result = student.keep(student.faces.train_latents, loader, (2, 5), (4, 6), 3, 1e-3)
    networks, losses = student.item(result, 0), student.item(result, 1)
    for latent in (2, 5):
        name = f"losses[{latent}]"
        as_numbers(student.value(student.item(losses, latent)), name=name, length=3)
        network = student.item(networks, latent)
        codes = student.probes.evaluate(network.encoder, images)
        assert_tensor(codes, name=f"codes of networks[{latent}]", shape=(5, latent))
        found = student.probes.evaluate(network, images)
        assert_tensor(found, name=f"outputs of networks[{latent}]", shape=(5, 3, 4, 4))


def toned(images, generator):
    """Each face in two random colours in place of its own: much to learn in a short run."""
    grey = ((images.mean(dim=1, keepdim=True) - 0.2) / 0.6).clip(0, 1)
    ink, paper = torch.rand(2, len(images), 3, 1, 1, generator=generator)
    return ink * grey + paper * (1 - grey)


def run_sweep(student, data, seed):
    """Train the student's networks with the student's loop; unseen faces and what comes of them.

    Codes come from one copy of the process. Another, which has the parameters and has never seen a
    face, decodes them.
    """
    generator = torch.Generator().manual_seed(seed)
    images, labels = drawn(data, TRAINING + UNSEEN, seed % 2**31, SIDE)
    images = toned(images, generator)
    unseen = images[TRAINING:]
    loader = student.probes.loader(images[:TRAINING], labels[:TRAINING], BATCH, shuffle=True)
    result = student.keep(student.faces.train_latents, loader, LATENTS, WIDTHS, EPOCHS, LR)
    networks = [student.item(student.item(result, 0), latent) for latent in LATENTS]
    states = [student.probes.state(network) for network in networks]
    with student.snapshot() as copy:
        codes = [copy.probes.evaluate(network.encoder, unseen) for network in networks]
    outputs = {}
    with student.anew() as other:
        for latent, state, code in zip(LATENTS, states, codes, strict=True):
            assert_tensor(code, name=f"codes of networks[{latent}]", shape=(UNSEEN, latent))
            twin = other.keep(other.faces.FaceAutoEncoder, WIDTHS, latent)
            other.probes.load_state(twin, state)
            decoded = other.probes.evaluate(twin.decoder, code)
            outputs[latent] = assert_tensor(
                decoded, name="the decoded faces", shape=tuple(unseen.shape)
            )
    return unseen, outputs


def picture(rows):
    """Rows of small faces as PNG, each pixel four times as large."""
    rows = torch.stack([row[:12] for row in rows]).nan_to_num(0).clip(0, 1)
    pixels = (rows * 255).round().byte().permute(0, 3, 1, 4, 2)
    pixels = pixels.reshape(len(rows) * SIDE, 12 * SIDE, 3).numpy().repeat(4, 0).repeat(4, 1)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png")
    return content.getvalue()


@pytest.mark.timeout(120)  # twice 288 steps: 20 s where the reference takes 3
@pytest.mark.task("train_latents", weight=2)
def test_latents_learn(student, data, seed, metric, artifact):
    """A short run of small networks recovers unseen faces better than the mean face does.

    Faces are encoded in one process and decoded in another, to which only codes and parameters go.
    """
    for start in range(STARTS):
        student.seed(seed + start)
        unseen, outputs = run_sweep(student, data, seed + start)
        errors = {
            latent: torch.mean((found - unseen) ** 2, dtype=torch.float64).item()
            for latent, found in outputs.items()
        }
        if max(errors.values()) < THRESHOLD:
            break
    for latent, error in errors.items():
        metric(f"mse_latent_{latent}", error)
    artifact("faces_recovered.png", picture([unseen, *outputs.values()]))
    for latent, error in errors.items():
        assert_loss_below(
            error,
            THRESHOLD,
            name=f"the error of the network with latent {latent} on {UNSEEN} unseen faces",
            context="giving the mean face for every face has 0.044 or more",
            hint="Does every network have an optimizer of its own, which makes its steps?",
        )


@pytest.mark.task("face_codes", weight=1, gate=True)
def test_codes_of_all_faces(student, torch_rng):
    """There is a code and a label for every face, the smaller last batch included."""
    images, labels = torch.rand(11, 3, 3, 4, generator=torch_rng), torch.arange(11)
    loader = student.probes.loader(images, labels, 4)
    encoder = student.probes.stand_in(6, 5).encoder
    codes, found = unpack(student.faces.face_codes(encoder, loader), 2, name="face_codes(...)")
    assert_tensor(codes, name="the codes", shape=(11, 5), dtype=torch.float32)
    assert_tensor(found, name="the labels", shape=(11,), dtype=torch.int64)
    assert_array(found, labels, name="the labels", rtol=0, atol=0)


@pytest.mark.task("face_codes", weight=1, hint="Write down the neighbour of each point by hand.")
def test_four_points(student):
    """Points 0, 1, 5 and 7 with labels 0, 1, 1 and 1: two have a neighbour of their label."""
    codes, labels = torch.tensor([[0.0], [1.0], [5.0], [7.0]]), torch.tensor([0, 1, 1, 1])
    found = as_number(student.faces.separation(codes, labels), name="separation(...)")
    assert_array(found, 0.5, name="the separation", rtol=0, atol=1e-6)


@pytest.mark.timeout(60)  # a first import of scikit-learn
@pytest.mark.task("projections", weight=1, gate=True)
def test_pca_plane(student, torch_rng):
    """PCA gives two coordinates for each code; their mean is 0, the first varies more."""
    codes = 3 + torch.randn(17, 6, generator=torch_rng) * torch.arange(1.0, 7)
    found = student.faces.project_pca(codes)
    found = assert_ndarray(found, name="project_pca(codes)", shape=(17, 2)).astype(np.float64)
    # Rounding of float32 at values of some 20: 1e-6.
    assert_array(found.mean(axis=0), np.zeros(2), name="the mean of points", rtol=0, atol=1e-3)
    first, second = found.var(axis=0)
    if not first > second:
        raise CheckFailure(
            "the first coordinate varies less than the second",
            expected="the direction of the larger variance first",
            actual=f"variances {first:.3g} and {second:.3g}",
        )


@pytest.mark.timeout(60)  # the same
@pytest.mark.task("projections", weight=1, hint="What is the largest perplexity for 20 faces?")
def test_tsne_of_twenty_faces(student, torch_rng):
    """t-SNE gives two coordinates for each of 20 codes, whatever the perplexity."""
    codes = torch.randn(20, 6, generator=torch_rng)
    found = student.faces.project_tsne(codes)
    found = assert_ndarray(found, name="project_tsne(codes)", shape=(20, 2))
    if not np.isfinite(found).all():
        raise CheckFailure("points of t-SNE are not finite", actual="NaN or infinity")


@pytest.mark.task("face_pictures", weight=1, gate=True)
def test_embedding_is_labelled(student, rng):
    """The figure has an axes with title and legend for each projection."""
    projections = {name: rng.normal(size=(9, 2)) for name in ("PCA", "t-SNE", "third")}
    labels = torch.tensor([0, 1, 1, 0, 1, 0, 0, 1, 1])
    figure = student.keep(student.faces.embedding_figure, projections, labels, ["sad", "glad"])
    description = read_figure(student.probes.describe_figure(figure))
    found = [axes for axes in description["axes"] if axes["title"]]
    if [axes["title"].strip() for axes in found] != list(projections):
        raise CheckFailure(
            "the axes do not have the names of the projections",
            expected=f"the titles {', '.join(projections)}",
            actual=", ".join(axes["title"] for axes in found) or "no titles",
        )
    for axes in found:
        if sorted(axes["legend"] or []) != ["glad", "sad"]:
            raise CheckFailure(
                f"the axes {axes['title']} has no legend of the classes",
                expected="the entries sad and glad",
                actual=", ".join(axes["legend"]) if axes["legend"] else "no legend",
                hint="scatter(..., label=...), and legend() after it.",
            )


@pytest.mark.task("face_pictures", weight=1)
def test_recovered_is_presentable(student, torch_rng):
    """The figure has a row for the faces and one for each network, and a title."""
    images = torch.rand(5, 3, 4, 4, generator=torch_rng)
    networks = {
        name: student.keep(student.faces.FaceAutoEncoder, (4, 6), latent)
        for name, latent in (("latent 2", 2), ("latent 3", 3))
    }
    figure = student.keep(student.faces.recovered_figure, networks, images)
    description = student.probes.describe_figure(figure)
    assert_grid(description, 3, 5)
    assert_titled(description)
    assert_axes_off(description)


@pytest.mark.task("memorise", weight=1, gate=True)
def test_memorise_trains(student, torch_rng):
    """Every weight moves, each epoch has two errors, and the network ends in evaluation mode."""
    model = student.keep(student.faces.FaceAutoEncoder, (4, 6), 3)
    before = student.probes.parameters(model)
    seen, unseen = torch.rand(2, 4, 3, 4, 4, generator=torch_rng)
    errors = unpack(student.faces.memorise(model, seen, unseen, 3, 1e-2), 2, name="memorise(...)")
    for found, name in zip(errors, ("seen_errors", "unseen_errors"), strict=True):
        as_numbers(found, name=name, length=3)
    after = student.probes.parameters(model)
    still = [key for key, p in before.items() if p.dim() > 1 and torch.equal(p, after[key])]
    if still:
        raise CheckFailure(
            "training does not reach every weight",
            expected="weights that have all changed",
            actual=f"unchanged: {', '.join(still)}",
        )
    if student.probes.is_training(model):
        raise CheckFailure("the network is left in training mode", expected="evaluation mode")


@pytest.mark.task("memorise", weight=1, hint="Measure in evaluation mode, after the step.")
def test_memorise_tells_the_truth(student, torch_rng):
    """After one epoch, the errors are what the network's outputs say."""
    model = student.keep(student.faces.FaceAutoEncoder, (4, 6), 3)
    seen, unseen = torch.rand(11, 3, 4, 4, generator=torch_rng).split([4, 7])
    errors = unpack(student.faces.memorise(model, seen, unseen, 1, 1e-2), 2, name="memorise(...)")
    for group, found, name in zip((seen, unseen), errors, ("seen", "unseen"), strict=True):
        (found,) = as_numbers(found, name=f"{name}_errors", length=1)
        wanted = (student.probes.evaluate(model, group) - group).square().mean().item()
        # float32 means of 300 numbers: 1e-6 of the value; the mistakes looked for are 1e-2.
        assert_array(found, wanted, name=f"the error on {name} faces", rtol=1e-4, atol=1e-7)
