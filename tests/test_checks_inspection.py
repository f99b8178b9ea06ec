import numpy as np
import pytest
import torch

from grader.checks import describe_opaque
from grader.checks.inspection import describe, type_name, widen


class Stranger:
    def __repr__(self):
        raise AssertionError("asked for its own description")


class Handle:
    kind = "autoencoder.Batch"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (17, "the number 17"),
        (-2.5, "the number -2.5"),
        ("a\x1bb", "the text 'a\\x1bb'"),
        ([1, 2], "a list of 2"),
        ((), "a tuple of 0"),
        ({"a": 1}, "a dict of 1"),
        (np.ones((2, 3), np.int8), "a numpy.ndarray of shape (2, 3), dtype int8"),
        (torch.ones(4), "a torch.Tensor of shape (4,), dtype torch.float32"),
        (range(3), "an object of type range"),
    ],
)
def test_values_are_described_in_a_few_words(value, text):
    assert describe(value) == text


def test_an_integer_too_long_to_print_is_described_by_its_size():
    assert describe(10**5000) == "an integer of 16610 bits"


def test_a_strangers_own_words_are_never_asked_for():
    assert describe(Stranger()).endswith("Stranger")


def test_a_subclass_is_not_taken_for_its_base():
    assert "Friendly" in describe(type("Friendly", (int,), {})(3))


def test_a_lying_metaclass_does_not_change_the_name():
    liar = type("Liar", (type,), {"__getattribute__": lambda cls, name: "Tensor"})
    assert type_name(liar("Real", (), {"__module__": 5})()) == "Real"


def test_an_opaque_stand_in_can_be_given_a_name():
    describe_opaque(Handle, lambda handle: f"an object of type {handle.kind}")
    assert describe(Handle()) == "an object of type autoencoder.Batch"


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (torch.tensor([1.5], dtype=torch.bfloat16), np.float64),
        (torch.tensor([1.5 + 1j]), np.complex128),
        (torch.tensor([3], dtype=torch.uint8), np.uint8),
        (np.array([1.5], np.float16), np.float64),
        (np.array([True]), np.bool_),
    ],
)
def test_widening_keeps_the_value_in_the_widest_type_of_its_kind(value, dtype):
    wide = widen(value)
    assert wide.dtype == dtype
    assert wide[0] == value[0].item()


def test_widening_a_too_large_longdouble_gives_infinity_without_a_warning():
    assert widen(np.array([np.finfo(np.longdouble).max]))[0] in (
        np.inf,
        float(np.finfo(float).max),  # where longdouble is float64
    )
