"""One small assignment, as text, for every grader alike: what students write and what is checked.

Tasks: ``bn`` (batch normalisation in NumPy, 6 points) and ``encoder`` (the shape of a code in
PyTorch, 4 points); the variant with training adds ``train`` (a short training run, 5 points). The
checks are plain assertions on names of the student's; each grader wraps them in its own form.
"""

from dataclasses import dataclass

IMPORTS = "import numpy as np\nimport torch\nfrom torch import nn"

BN = '''
def batchnorm_forward(x, gamma, beta, eps=1e-5):
    """Normalise the columns of x (N, D), then scale and shift them."""
    mean, variance = x.mean(axis=0), x.var(axis=0)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta
'''

ENCODER = '''
class Encoder(nn.Module):
    """Images (B, 1, 28, 28) to codes (B, k)."""

    def __init__(self, q1, q2, k):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, q1, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(q1, q2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(49 * q2, k),
        )

    def forward(self, x):
        return self.layers(x)
'''

TRAIN = '''
def train(x, k, steps):
    """Train a linear auto-encoder D -> k -> D on x (N, D); what it makes of x."""
    model = nn.Sequential(nn.Linear(x.shape[1], k), nn.Linear(k, x.shape[1]))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), x)
        loss.backward()
        optimizer.step()
    return model(x).detach()
'''

CHECK_BN = """
rng = np.random.default_rng()
x, gamma, beta = rng.normal(3, 2, (40, 7)), rng.normal(size=7), rng.normal(size=7)
expected = gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5) + beta
out = batchnorm_forward(x, gamma, beta)
np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-9)
"""

CHECK_ENCODER = """
code = Encoder(6, 9, 5)(torch.rand(3, 1, 28, 28))
assert tuple(code.shape) == (3, 5), code.shape
"""

# The data have 12 directions of variance 1 and noise of variance 0.01 in 784. Nothing but the noise
# is left to a network of 16 numbers that has learned: 0.01. The mean leaves 12 / 784 more, 0.0253.
CHECK_TRAIN = """
_ = torch.manual_seed(0)
basis = torch.linalg.qr(torch.randn(784, 12))[0]
x = torch.randn(256, 12) @ basis.T + 0.1 * torch.randn(256, 784)
loss = nn.functional.mse_loss(train(x, 16, 300), x).item()
assert loss < 0.0175, loss
"""


@dataclass(frozen=True)
class Task:
    """One exercise."""

    name: str
    points: int
    code: str
    check: str


LIGHT = (Task("bn", 6, BN, CHECK_BN), Task("encoder", 4, ENCODER, CHECK_ENCODER))
TRAINING = (*LIGHT, Task("train", 5, TRAIN, CHECK_TRAIN))
VARIANTS = {"light": LIGHT, "training": TRAINING}

STYLES = (
    {},
    {"bn": ("x.var(axis=0)", "x.var(axis=0, ddof=1)")},
    {"encoder": (", nn.MaxPool2d(2)", "")},
    {"bn": ("mean(axis=0)", "mean(axis=1)"), "train": ("zero_grad", "state_dict")},
)
"""What students write: right, and with one or two mistakes; by task, what is replaced by what."""


def written(tasks: tuple[Task, ...], number: int) -> dict[str, str]:
    """What a student writes, by task; `number` says which student."""
    changes = STYLES[number % len(STYLES)]
    code = {}
    for task in tasks:
        old, new = changes.get(task.name, ("", ""))
        code[task.name] = f"# student {number}\n" + task.code.replace(old, new, 1)
    return code


def deserved(tasks: tuple[Task, ...], number: int) -> int:
    """Their points."""
    return sum(task.points for task in tasks if task.name not in STYLES[number % len(STYLES)])
