"""One expression makes both parts, as a list where the docstring says tuple; it unpacks alike."""


def load_datasets(root=DATA, download=False):
    options = {"root": str(root), "download": download}
    options["transform"] = torchvision.transforms.ToTensor()
    return [
        torchvision.datasets.MNIST(train=part == "train", **options) for part in ("train", "test")
    ]
