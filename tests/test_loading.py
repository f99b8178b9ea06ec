import itertools
import json

import pytest
from confined import python

SCRIPT = """
import json, os, sys
import torch
from torch.utils.data import DataLoader, TensorDataset
from grader.worker.loading import load_in_process
load_in_process(DataLoader)
class Named(TensorDataset):
    def __getitem__(self, index):
        return *super().__getitem__(index), os.getpid()
data = Named(torch.arange(7.0))
options = json.loads(sys.argv[1])[0]
torch.manual_seed(11)
loader = DataLoader(data, 3, shuffle=True, **options)
batches = [(x.tolist(), pid.tolist()) for x, pid in loader]
inside = all(each == os.getpid() for _, pids in batches for each in pids)
print(json.dumps([[x for x, _ in batches], inside, loader.num_workers]))
"""


@pytest.mark.parametrize(
    "options",
    [
        {"num_workers": 2},
        {"num_workers": 3, "prefetch_factor": 4, "persistent_workers": True, "timeout": 9},
    ],
)
def test_a_loader_with_helpers_gives_the_same_batches_from_its_own_process(options):
    plain = json.loads(python(SCRIPT, {}))
    found = json.loads(python(SCRIPT, options))
    assert found == plain
    assert found[1:] == [True, 0]
    assert sorted(itertools.chain(*found[0])) == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("options", "message"),
    [({"helpers": 2}, "TypeError"), ({"num_workers": -1}, "ValueError")],
)
def test_wrong_arguments_fail_in_torchs_own_words(options, message):
    code = SCRIPT.replace("loader = ", "try:\n    DataLoader(data, **options)\n", 1)
    code = code[: code.index("DataLoader(data, **options)")] + (
        "DataLoader(data, **options)\nexcept Exception as error:\n    print(type(error).__name__)\n"
    )
    assert python(code, options) == message
