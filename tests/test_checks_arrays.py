import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks import CheckFailure, assert_array, assert_ndarray, assert_tensor

NEAR = {"name": "out", "rtol": 1e-6, "atol": 1e-9}


class FriendlyArray(np.ndarray):
    def __eq__(self, other):
        return True

    def __array_function__(self, *args):
        return True


class FriendlyTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.tensor(True)


class Liar(type):
    def __eq__(cls, other):
        return True

    def __hash__(cls):
        raise AssertionError("a metaclass was asked")

    def __getattribute__(cls, name):
        raise AssertionError(f"a metaclass was asked for {name}")


class Impostor(metaclass=Liar):
    """Passes itself off as anything, and complains when it is asked."""

    __class__ = property(lambda self: torch.Tensor)
    __module__ = "torch"

    def __eq__(self, other):
        raise AssertionError("an impostor was compared")

    def __bool__(self):
        raise AssertionError("an impostor was asked for its truth")

    def __getattr__(self, name):
        raise AssertionError(f"an impostor was asked for {name}")

    __hash__ = None


def fails(*args, **kwargs):
    with pytest.raises(CheckFailure) as caught:
        assert_array(*args, **kwargs)
    return caught.value


def test_equal_values_pass():
    x = np.array([[1.5, -2.0, 7.0]])
    assert_array(x.copy(), x, name="x", rtol=0, atol=0)
    assert_array(torch.from_numpy(x), torch.from_numpy(x), name="x", rtol=0, atol=0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.ones(3).view(FriendlyArray),
        lambda: np.ma.array([1.0, 1, 1]),
        lambda: [1.0, 1.0, 1.0],
        lambda: None,
        lambda: Impostor(),
    ],
)
def test_anything_but_an_exact_array_is_refused(make):
    failure = fails(make(), np.ones(3), hint="return an array", **NEAR)
    assert failure.expected == "a numpy.ndarray"
    assert "not a numpy.ndarray" in failure.message
    assert failure.hint == "return an array"


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.ones(3).as_subclass(FriendlyTensor),
        lambda: torch.nn.Parameter(torch.ones(3)),
        lambda: np.ones(3, np.float32),
        lambda: Impostor(),
    ],
)
def test_anything_but_an_exact_tensor_is_refused(make):
    assert "not a torch.Tensor" in fails(make(), torch.ones(3), **NEAR).message


def test_the_message_names_the_type_that_came():
    assert "a list of 2" in fails([1, 2], np.ones(2), **NEAR).message
    assert "FriendlyArray" in fails(np.ones(2).view(FriendlyArray), np.ones(2), **NEAR).message
    assert "Impostor" in fails(Impostor(), np.ones(2), **NEAR).message


def test_object_arrays_are_refused():
    failure = fails(np.array([object()], dtype=object), np.ones(1), **NEAR)
    assert "array of object" in failure.message


@pytest.mark.parametrize("odd", [torch.ones(2, 3).to_sparse(), torch.ones(2, 3, device="meta")])
def test_tensors_without_values_in_memory_are_refused(odd):
    assert "dense" in fails(odd, torch.ones(2, 3), **NEAR).message


def test_shape_is_reported_before_dtype_and_values():
    failure = fails(np.zeros((2, 3), np.float32), np.full((3, 2), np.nan), **NEAR)
    assert failure.message == "out has the wrong shape"
    assert failure.expected == "shape (3, 2)"
    assert failure.actual == "shape (2, 3)"


def test_a_broadcastable_shape_is_still_wrong():
    assert "shape" in fails(np.ones((3, 1)), np.ones(3), **NEAR).message
    assert "shape" in fails(np.array(1.0), np.ones(1), **NEAR).message


def test_dtype_is_reported_before_values():
    failure = fails(torch.zeros(3), torch.ones(3, dtype=torch.float64), **NEAR)
    assert failure.message == "out has the wrong dtype"
    assert failure.expected == "dtype torch.float64"
    assert failure.actual == "dtype torch.float32"


def test_dtype_can_be_left_open():
    assert_array(np.ones(3, np.float32), np.ones(3), dtype=False, **NEAR)
    assert_array(np.array([3, 1]), np.array([3.0, 1.0]), dtype=False, **NEAR)
    assert "1 of 2" in fails(np.array([3, 1]), np.array([3.0, 2]), dtype=False, **NEAR).message


def test_byte_order_does_not_matter():
    assert_array(np.ones(3, ">f8"), np.ones(3), **NEAR)


def test_nan_is_reported_before_values():
    failure = fails(np.array([[5.0, 1], [np.nan, 1]]), np.ones((2, 2)), **NEAR)
    assert failure.message == "out contains NaN in 1 of 4 (25 %) places"
    assert failure.actual == "nan at [1, 0]"
    assert "NaN and infinity" in fails(np.array([np.inf, np.nan]), np.ones(2), **NEAR).message
    assert "contains infinity" in fails(np.array([-np.inf, 1]), np.ones(2), **NEAR).message


def test_expected_nan_and_infinity_must_come_exactly():
    special = np.array([np.nan, np.inf, -np.inf, 2.5])
    assert_array(special.copy(), special, **NEAR)
    assert "infinity" in fails(np.array([np.nan, -np.inf, -np.inf, 2.5]), special, **NEAR).message
    failure = fails(np.array([np.nan, 1e300, -np.inf, 2.5]), special, **NEAR)
    assert (failure.expected, failure.actual) == ("inf at [1]", "1e+300 at [1]")


def test_an_infinite_expected_value_with_rtol_does_not_accept_everything():
    assert "wrong in 1 of 1" in fails(np.zeros(1), np.array([np.inf]), **NEAR).message


def test_values_are_reported_with_count_worst_place_and_tolerance():
    expected = np.array([[1.0, 2.0, 4.0], [0.01, 0.2, 0.3]])
    actual = expected + np.array([[0, 0.5, 0], [0.1, 0, 0]])
    failure = fails(actual, expected, name="the output", rtol=0.001, atol=1e-5)
    assert failure.message.splitlines() == [
        "the output is wrong in 2 of 6 (33.3 %) places",
        "greatest absolute difference: 0.5 at [0, 1]",
        "greatest relative difference: 10 at [1, 0]",
        "allowed difference: 1e-05 + 0.001 * |expected|",
    ]
    assert failure.expected == "2 at [0, 1]"
    assert failure.actual == "2.5 at [0, 1]"


def test_a_mismatch_where_zero_is_expected_has_an_infinite_relative_difference():
    assert "greatest relative difference: inf" in fails(np.ones(1), np.zeros(1), **NEAR).message


def test_values_that_look_alike_are_written_in_full():
    failure = fails(np.array([1.00000001]), np.array([1.0]), name="x", rtol=0, atol=0)
    assert failure.expected == "1.0 at [0]"
    assert failure.actual == "1.00000001 at [0]"
    assert "no difference is allowed" in failure.message


def test_the_range_is_checked_before_the_values():
    failure = fails(np.array([0.5, 1.5, -2]), np.array([0.5, 0.5, 0.5]), low=0, high=1, **NEAR)
    assert "leaves the range in 2 of 3" in failure.message
    assert failure.expected == "values from 0 to 1"
    assert failure.actual == "outside it, -2 to 1.5"


def test_a_single_element_has_no_index():
    failure = fails(torch.tensor(2.5), torch.tensor(1.25), **NEAR)
    assert (failure.expected, failure.actual) == ("1.25", "2.5")


def test_empty_arrays_compare_by_shape():
    assert_array(np.zeros((0, 3)), np.zeros((0, 3)), **NEAR)
    assert_array(torch.zeros(0), torch.zeros(0), low=0, high=1, **NEAR)
    assert "shape" in fails(np.zeros((0, 3)), np.zeros((0, 2)), **NEAR).message


def test_complex_values_are_compared_by_modulus():
    expected = np.array([3 + 4j, 1 - 2j])
    assert_array(expected + 1e-12j, expected, **NEAR)
    failure = fails(expected + np.array([0, 3 + 4j]), expected, **NEAR)
    assert "greatest absolute difference: 5 at [1]" in failure.message
    assert "no order" in fails(expected, expected, low=0, **NEAR).message
    torch_expected = torch.tensor([3 + 4j])
    assert "NaN" in fails(torch_expected * float("nan"), torch_expected, **NEAR).message
    assert_array(torch_expected.conj(), torch.tensor([3 - 4j]), **NEAR)


def test_bools_compare_as_they_are():
    assert_array(np.array([True, False]), np.array([True, False]), **NEAR)
    failure = fails(np.array([True, True]), np.array([True, False]), **NEAR)
    assert (failure.expected, failure.actual) == ("False at [1]", "True at [1]")


@pytest.mark.parametrize(
    ("dtype", "first", "second"),
    [
        (np.int64, 2**53 + 1, 2**53),
        (np.int64, -(2**63), 2**63 - 1),
        (np.uint64, 2**64 - 1, 2**64 - 2),
        (np.uint8, 0, 255),
    ],
)
def test_unequal_integers_never_come_out_as_equal(dtype, first, second):
    a, b = np.array([first], dtype), np.array([second], dtype)
    failure = fails(a, b, name="x", rtol=0, atol=0)
    assert failure.actual == f"{first} at [0]"
    assert f"absolute difference: {float(abs(first - second)):.6g} at [0]" in failure.message


def test_huge_values_do_not_overflow_into_equality():
    assert "wrong in 1 of 1" in fails(np.array([1e308]), np.array([-1e308]), **NEAR).message
    assert_array(np.array([1e308]), np.array([1e308 * (1 + 1e-9)]), **NEAR)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.int16])
def test_narrow_tensor_types_are_compared(dtype):
    x = torch.tensor([[1, 2, 3]], dtype=dtype)
    assert_array(x.clone(), x, **NEAR)
    assert "1 of 3" in fails(x + torch.tensor([[0, 1, 0]], dtype=dtype), x, **NEAR).message


def test_expected_may_be_a_parameter_with_a_graph():
    assert_array(torch.ones(2), torch.nn.Parameter(torch.ones(2)), **NEAR)


def test_an_expected_number_takes_any_kind_of_number():
    assert_array(torch.tensor([2.5]), 2.5, **NEAR)
    assert_array(np.float32(2.5), np.float64(2.5), **NEAR)
    assert "not a number" in fails("2.5", 2.5, **NEAR).message
    assert "range" in fails(2.5, 2.5, high=1, **NEAR).message


@pytest.mark.parametrize("expected", [True, [1.0], "x", 1j, None])
def test_a_check_that_expects_nonsense_is_at_fault(expected):
    with pytest.raises(TypeError, match="expected must be"):
        assert_array(np.ones(1), expected, **NEAR)


@pytest.mark.parametrize(("rtol", "atol"), [(-1, 0), (0, -1e-9), (float("nan"), 0), (0, np.inf)])
def test_impossible_tolerances_are_an_error_of_the_check(rtol, atol):
    with pytest.raises(ValueError, match="tol must be"):
        assert_array(np.ones(1), np.ones(1), name="x", rtol=rtol, atol=atol)


finite = st.floats(-1e6, 1e6)


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=finite),
    st.floats(1e-9, 10),
    st.data(),
)
def test_one_value_beyond_the_tolerance_is_found_and_one_within_passes(expected, atol, data):
    index = data.draw(st.tuples(*(st.integers(0, side - 1) for side in expected.shape)))
    limit = atol + 1e-3 * abs(expected[index])
    inside, outside = expected.copy(), expected.copy()
    inside[index] += 0.99 * limit
    outside[index] -= 1.01 * limit
    assert_array(inside, expected, name="x", rtol=1e-3, atol=atol)
    failure = fails(outside, expected, name="x", rtol=1e-3, atol=atol)
    assert f"wrong in 1 of {expected.size}" in failure.message
    assert f"at {list(index)}" in failure.actual


def test_a_right_tensor_comes_back():
    x = torch.rand(3, 5, generator=torch.Generator().manual_seed(3))
    same = assert_tensor(x, name="x", shape=(3, 5), dtype=torch.float32, low=0, high=1)
    assert same is x


@pytest.mark.parametrize(
    ("kwargs", "message", "expected", "actual"),
    [
        ({"shape": (2, 4)}, "wrong shape", "shape (2, 4)", "shape (2, 3)"),
        ({"shape": (None, 4)}, "wrong shape", "shape (any, 4)", "shape (2, 3)"),
        ({"shape": (2,)}, "wrong shape", "shape (2,)", "shape (2, 3)"),
        ({"dtype": torch.int64}, "wrong dtype", "dtype torch.int64", "dtype torch.float32"),
        ({"low": 0.5}, "in 1 of 6 (16.7 %) places, first at [0, 0] with 0", "from 0.5", "0 to 0"),
        ({"high": 3}, "in 2 of 6", "values up to 3", "4 to 5"),
        ({"low": 1, "high": 4.5}, "in 2 of 6", "values from 1 to 4.5", "0 to 5"),
    ],
)
def test_a_wrong_property_of_a_tensor_is_named(kwargs, message, expected, actual):
    x = torch.arange(6.0).reshape(2, 3)
    with pytest.raises(CheckFailure) as caught:
        assert_tensor(x, name="codes", hint="look", **kwargs)
    assert message in caught.value.message
    assert expected in caught.value.expected
    assert actual in caught.value.actual
    assert caught.value.hint == "look"


def test_none_in_a_shape_stands_for_any_length():
    assert_tensor(torch.ones(7, 3), name="x", shape=(None, 3))
    assert_ndarray(np.ones((0, 3)), name="x", shape=(None, 3), low=2)


def test_nan_is_refused_unless_allowed():
    x = torch.tensor([1.0, float("nan")])
    with pytest.raises(CheckFailure, match="contains NaN in 1 of 2"):
        assert_tensor(x, name="x")
    assert_tensor(x, name="x", finite=False, low=0, high=2)


def test_assert_tensor_refuses_arrays_and_assert_ndarray_tensors():
    with pytest.raises(CheckFailure, match=r"is a numpy\.ndarray of shape \(3,\), dtype float64"):
        assert_tensor(np.ones(3), name="x")
    with pytest.raises(CheckFailure, match=r"is a torch\.Tensor of shape \(3,\)"):
        assert_ndarray(torch.ones(3), name="x")


def test_a_wrong_property_of_an_array_is_named():
    x = np.arange(6.0).reshape(2, 3)
    assert assert_ndarray(x, name="x", shape=(2, 3), dtype="float64", low=0, high=5) is x
    with pytest.raises(CheckFailure, match="wrong shape"):
        assert_ndarray(x, name="x", shape=(3, 2))
    with pytest.raises(CheckFailure, match="wrong dtype"):
        assert_ndarray(x, name="x", dtype=np.float32)
    with pytest.raises(CheckFailure, match="leaves the range"):
        assert_ndarray(x, name="x", low=0.5)
    with pytest.raises(CheckFailure, match="infinity"):
        assert_ndarray(np.array([np.inf]), name="x")
