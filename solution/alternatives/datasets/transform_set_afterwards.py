"""The finished data sets get their transform, which MNIST asks for only when a sample is read."""


def load_datasets(root=DATA, download=False):
    parts = []
    for train in (True, False):
        part = torchvision.datasets.MNIST(root=root, train=train, download=download)
        part.transform = torchvision.transforms.ToTensor()
        part.transforms = torchvision.datasets.vision.StandardTransform(part.transform)
        parts.append(part)
    return tuple(parts)
