"""What crosses between judge and student code, and as what."""

from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import pytest
import torch

from grader.worker.frames import MAX_TEXT
from grader.worker.handles import Handle
from grader.worker.values import TENSOR_TYPES, export, is_dense_tensor, is_numeric_array, receive
from grader.worker.wire import pack, unpack


class Kept:
    """Keeps what stayed behind."""

    def __init__(self):
        self.objects = []

    def store(self, value):
        self.objects.append(value)
        return Handle(len(self.objects), type(value).__name__)


@pytest.fixture
def kept():
    return Kept()


def no_store(value):
    raise AssertionError(f"{value!r} was kept back")


def some(*shape):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(31)) * 7 - 2


class Number(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class Whole(int):
    pass


class Text(str):
    pass


class Listing(list):
    pass


class Pair(NamedTuple):
    a: int
    b: int


class Lying(np.float64):
    def item(self):
        return object()


class Tagged(torch.Tensor):
    pass


class Array(np.ndarray):
    pass


class Computed(torch.Tensor):
    """Has no memory of its own: its values are what its dispatch says."""

    @staticmethod
    def __new__(cls, like):
        return torch.Tensor._make_wrapper_subclass(cls, like.shape, dtype=like.dtype)

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        raise AssertionError("nobody needs to ask")


class Liar(torch.Tensor):
    shape = property(lambda self: torch.Size([9]))
    dtype = property(lambda self: torch.int64)
    layout = property(lambda self: torch.strided)

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.zeros(9)


class LyingArray(np.ndarray):
    shape = property(lambda self: (9,))
    dtype = property(lambda self: np.dtype("i8"))

    def __array_ufunc__(self, *args, **kwargs):
        return True

    def __array__(self, *args, **kwargs):
        return np.zeros(9)

    __array_function__ = view = copy = astype = __array__


PLAIN = [
    None,
    True,
    False,
    -17,
    2**63 - 1,
    -(2**63),
    0.125,
    "text \u00fc \U0001f600",
    b"\0\xff",
    "",
]


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_cross_as_they_are(value):
    assert export(value, no_store) is value
    assert receive(value, lambda leaf: leaf) is value


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), -0.0, float("nan")], ids=repr)
def test_numbers_that_are_not_finite_cross(value):
    assert repr(export(value, no_store)) == repr(value)


HELD = {
    "int beyond 64 bits": lambda: 2**63,
    "negative int beyond 64 bits": lambda: -(2**63) - 1,
    "complex": lambda: 1 + 2j,
    "half a character": lambda: "a\ud800",
    "set": lambda: {3, 4},
    "range": lambda: range(3),
    "generator": lambda: (n for n in "ab"),
    "function": lambda: some,
    "type": lambda: float,
    "float subclass": lambda: Number(2),
    "int subclass": lambda: Whole(2),
    "str subclass": lambda: Text("a"),
    "list subclass": lambda: Listing([1]),
    "named tuple": lambda: Pair(1, 2),
    "ordered dict": lambda: OrderedDict(a=1),
    "dict with int keys": lambda: {1: "a"},
    "dict with one odd key": lambda: {"a": 1, None: 2},
    "dict with a key of half a character": lambda: {"\udfff": 1},
    "dict with a key of a str subclass": lambda: {Text("a"): 1},
    "bytearray": lambda: bytearray(b"a"),
    "Tensor without memory": lambda: Computed(some(2, 3)),
    "sparse tensor subclass": lambda: torch.Tensor._make_subclass(Tagged, some(2, 3).to_sparse()),
    "sparse tensor": lambda: some(2, 3).to_sparse(),
    "compressed sparse tensor": lambda: some(2, 3).to_sparse_csr(),
    "meta tensor": lambda: torch.empty(2, 3, device="meta"),
    "uint16 tensor": lambda: torch.zeros(3, dtype=torch.uint16),
    "float8 tensor": lambda: torch.zeros(3, dtype=torch.float8_e5m2),
    "uninitialized parameter": torch.nn.parameter.UninitializedParameter,
    "masked array": lambda: np.ma.array([1.5, 2.5], mask=[True, False]),
    "record array": lambda: np.rec.array([(1, 2.5)]),
    "array subclass of text": lambda: np.array(["a", "bc"]).view(Array),
    "array of objects": lambda: np.array([None, 3]),
    "structured array": lambda: np.zeros(2, "i4,f4"),
    "array of text": lambda: np.array(["a", "bc"]),
    "array of bytes": lambda: np.array([b"a", b"bc"]),
    "array of times": lambda: np.array(["2031-03-04"], "M8[D]"),
    "array of spans": lambda: np.array([3], "m8[s]"),
    "span": lambda: np.timedelta64(3, "s"),
    "NumPy text": lambda: np.str_("a"),
    "NumPy bytes": lambda: np.bytes_(b"a"),
    "NumPy record": lambda: np.zeros(1, "i4,f4")[0],
    "NumPy complex": lambda: np.complex64(1 + 2j),
    "extended precision": lambda: np.longdouble("1.5"),
    "subclass of a NumPy number": lambda: Lying(2.5),
    "module": lambda: torch.nn.Linear(3, 2),
}


@pytest.mark.parametrize("name", HELD)
@pytest.mark.filterwarnings("ignore")  # matrices and compressed sparse tensors warn when made
def test_what_is_not_exactly_plain_becomes_a_handle(kept, name):
    value = HELD[name]()
    handle = export(value, kept.store)
    assert type(handle) is Handle
    assert kept.objects[0] is value
    inside = export([{"a": (value,)}], kept.store)
    assert type(inside[0]["a"][0]) is Handle


@pytest.mark.filterwarnings("ignore")  # both are deprecated or prototypes, and warn when made
def test_quantized_and_nested_tensors_become_handles(kept):
    quantized = torch.quantize_per_tensor(some(2, 3), 0.1, 3, torch.quint8)
    for layout in (torch.strided, torch.jagged):
        nested = torch.nested.nested_tensor([some(2, 3), some(4, 3)], layout=layout)
        assert type(export(nested, kept.store)) is Handle
    assert type(export(quantized, kept.store)) is Handle


@pytest.mark.parametrize("code", list("?bBhHiIlLqQefd"))
def test_numpys_numbers_become_pythons(code):
    value = np.dtype(code).type(1)
    found = export(value, no_store)
    assert type(found) is {"b": bool, "f": float}.get(value.dtype.kind, int)
    assert found == 1


def test_large_unsigned_numbers_keep_their_value():
    assert export(np.uint64(2**64 - 5), no_store) == 2**64 - 5


@pytest.mark.parametrize("code", ["?", "i1", "<u8", "<f2", "<f8", "<c8", ">i4", ">f4", ">c16"])
@pytest.mark.parametrize("shape", [(), (0, 3), (4,), (2, 3, 5)])
def test_arrays_cross_both_ways_as_the_wire_would_bring_them(code, shape):
    array = np.random.default_rng(9).uniform(-3, 9, shape).astype(code)
    over_the_wire = unpack(pack(array))
    for back in (export(array, no_store), receive(array, no_store)):
        assert type(back) is np.ndarray
        assert back.dtype == over_the_wire.dtype == array.dtype.newbyteorder("=")
        assert back.dtype.isnative
        assert back.shape == array.shape
        assert back.flags.c_contiguous
        assert back.flags.writeable
        assert not np.shares_memory(back, array)
        np.testing.assert_array_equal(back, array)


VIEWS = {
    "reversed": lambda a: a[::-1],
    "both reversed": lambda a: a[::-1, ::-1],
    "transposed": lambda a: a.T,
    "every other": lambda a: a[:, ::2],
    "broadcast": lambda a: np.broadcast_to(a[0], (4, a.shape[1])),
    "Fortran order": np.asfortranarray,
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_of_arrays_cross_as_plain_arrays_of_their_own(name):
    view = VIEWS[name](np.random.default_rng(10).normal(size=(3, 5)))
    for back in (export(view, no_store), receive(view, no_store)):
        assert back.flags.c_contiguous
        assert back.flags.owndata
        np.testing.assert_array_equal(back, view)


def test_a_read_only_array_arrives_writable():
    array = np.arange(4.0)
    array.flags.writeable = False
    received = receive(array, no_store)
    received[1] = 9
    assert array[1] == 1


@pytest.mark.parametrize("name", sorted(TENSOR_TYPES))
def test_every_listed_dtype_of_tensors_crosses(name):
    tensor = (some(3, 4) * 5).to(TENSOR_TYPES[name][0])
    for back in (export(tensor, no_store), receive(tensor, no_store)):
        assert type(back) is torch.Tensor
        assert back.dtype == tensor.dtype
        assert torch.equal(back, tensor)
        assert back.data_ptr() != tensor.data_ptr()


TENSORS = {
    "transposed": lambda: some(2, 3).T,
    "expanded": lambda: some(1, 3).expand(4, 3),
    "channels last": lambda: some(2, 3, 4, 5).to(memory_format=torch.channels_last),
    "conjugated": lambda: torch.complex(some(2, 3), some(2, 3) + 1).conj(),
    "negated": lambda: torch.complex(some(2, 3), some(2, 3) + 1).conj().imag,
    "zero-dimensional": lambda: some(1)[0],
    "empty": lambda: some(0, 3),
}


@pytest.mark.parametrize("name", TENSORS)
def test_views_of_tensors_cross_as_plain_tensors_of_their_own(name):
    tensor = TENSORS[name]()
    for back in (export(tensor, no_store), receive(tensor, no_store)):
        assert back.is_contiguous()
        assert not back.is_conj()
        assert not back.is_neg()
        assert back.shape == tensor.shape
        assert torch.equal(back, tensor)
        assert torch.equal(unpack(pack(back)), tensor)


SUBCLASSES = {
    "tensor": lambda: some(2, 3).as_subclass(Tagged),
    "tensor that lies": lambda: some(2, 3).as_subclass(Liar),
    "parameter": lambda: torch.nn.Parameter(some(2, 3).as_subclass(Tagged)),
    "transposed tensor": lambda: some(3, 2).T.as_subclass(Tagged),
    "array": lambda: some(2, 3).numpy().view(Array),
    "array that lies": lambda: some(2, 3).numpy().view(LyingArray),
}


@pytest.mark.parametrize("name", SUBCLASSES)
def test_a_subclass_crosses_as_what_lies_in_its_memory(name):
    back = export(SUBCLASSES[name](), no_store)
    assert type(back) is (np.ndarray if "array" in name else torch.Tensor)
    wanted = some(3, 2).T if "transposed" in name else some(2, 3)
    np.testing.assert_array_equal(np.asarray(back), wanted.numpy())


@pytest.mark.filterwarnings("ignore")  # matrices are deprecated
def test_a_matrix_and_a_memory_map_cross_as_arrays(tmp_path):
    assert export(np.matrix([[1.5, 2.5]]), no_store).tolist() == [[1.5, 2.5]]
    mapped = np.memmap(tmp_path / "x", dtype="f4", mode="w+", shape=(3,))
    mapped[:] = 2.5
    assert type(export(mapped, no_store)) is np.ndarray
    assert export(mapped, no_store).tolist() == [2.5] * 3


def test_text_beyond_what_a_frame_takes_stays_behind(kept):
    assert export("t" * MAX_TEXT, no_store) == "t" * MAX_TEXT
    for text in ("t" * (MAX_TEXT + 1), "\u20ac" * (MAX_TEXT // 2)):
        assert type(export(text, kept.store)) is Handle
        assert type(export({text: 1}, kept.store)) is Handle


def test_a_parameter_becomes_a_plain_tensor_without_graph():
    parameter = torch.nn.Parameter(some(2, 3))
    back = export(parameter, no_store)
    assert type(back) is torch.Tensor
    assert not back.requires_grad
    back[0, 0] = 99
    assert parameter[0, 0] != 99


@pytest.mark.parametrize("make", [torch.relu, lambda t: t], ids=["result", "leaf"])
def test_no_graph_crosses_in_either_direction(make):
    tensor = make(some(2, 3).requires_grad_())
    for back in (export(tensor, no_store), receive(tensor, no_store)):
        assert not back.requires_grad
        assert back.grad_fn is None
        assert back.is_leaf


def test_a_tensor_made_for_inference_arrives_as_any_other():
    with torch.inference_mode():
        tensor = some(2, 3) + 1
    received = receive(tensor, no_store)
    assert not received.is_inference()
    assert received.requires_grad_().sum().requires_grad


def test_attributes_that_hang_on_a_tensor_have_no_say():
    tensor = some(2, 3)
    tensor.detach = tensor.clone = lambda: "something else"
    back = export(tensor, no_store)
    assert torch.equal(back, some(2, 3))
    assert vars(back) == {}


def test_nested_containers_are_rebuilt_with_their_types():
    array, tensor = np.arange(3.0), some(2)
    value = {"a": [1, (array, {"b": tensor}), ()], "": {}, "c": []}
    for back in (export(value, no_store), receive(value, lambda leaf: leaf)):
        assert type(back["a"][1]) is tuple
        assert (back[""], back["c"], back["a"][2]) == ({}, [], ())
        assert back["a"] is not value["a"]
        np.testing.assert_array_equal(back["a"][1][0], array)
        assert back["a"][1][0] is not array
        assert back["a"][1][1]["b"].data_ptr() != tensor.data_ptr()


@pytest.mark.parametrize(
    "wrap", [lambda v: [v], lambda v: (v,), lambda v: {"k": v}], ids=["list", "tuple", "dict"]
)
def test_what_lies_very_deep_stays_behind_a_handle(kept, wrap):
    value = 7
    for _ in range(200):
        value = wrap(value)
    found, depth = export(value, kept.store), 0
    while type(found) is not Handle:
        found, depth = found["k" if type(found) is dict else 0], depth + 1
    assert depth == 32
    assert type(unpack(pack(export(value, kept.store)))) is type(value)


def test_a_list_that_holds_itself_ends_in_a_handle(kept):
    loop = [5]
    loop.append(loop)
    found = export(loop, kept.store)
    for _ in range(32):
        found = found[1]
    assert type(found) is Handle
    assert kept.objects[0] is loop


def test_handles_in_what_the_judge_sends_are_resolved_wherever_they_lie():
    objects = {4: object(), 5: object()}
    handles = {"a": [Handle(4, "o")], "b": (Handle(5, "o"), 6)}
    back = receive(handles, lambda leaf: objects[leaf.id] if type(leaf) is Handle else leaf)
    assert back["a"][0] is objects[4]
    assert back["b"] == (objects[5], 6)


def test_the_two_questions_are_about_exact_types():
    assert is_numeric_array(np.ones(2, bool))
    assert not is_numeric_array(np.ones(2).view(Array))
    assert not is_numeric_array([1.0])
    assert is_dense_tensor(torch.nn.Parameter(some(2)))
    assert is_dense_tensor(torch.nn.Buffer(some(2)))
    assert not is_dense_tensor(np.ones(2))
    assert not is_dense_tensor(some(2).as_subclass(Tagged))
