import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks import (
    CheckFailure,
    assert_gradient,
    assert_gradient_flow,
    gradcheck_remote,
    numerical_gradient,
)


def points(seed, *shape):
    return np.random.default_rng(seed).normal(0.4, 1.3, shape)


def tensors(seed, *shape):
    return torch.from_numpy(points(seed, *shape))


def test_the_gradient_of_a_matrix_product_is_found():
    x, w, cotangent = points(1, 3, 4), points(2, 4, 5), points(3, 3, 5)
    found = numerical_gradient(lambda v: v @ w, x, cotangent)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, cotangent @ w.T, rtol=0, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_the_error_stays_where_the_derivation_puts_it(seed):
    x, cotangent = points(seed, 2, 3), points(seed + 1, 2, 3)
    found = numerical_gradient(np.sin, x, cotangent)
    # 2e-11 of f from either term, times a cotangent of a few
    np.testing.assert_allclose(found, np.cos(x) * cotangent, rtol=0, atol=1e-9)


def test_large_offsets_do_not_spoil_the_step():
    x = np.array([1e4 + 0.3, -2e4])
    found = numerical_gradient(lambda v: 3.0 * v, x, np.array([1.0, 2.0]))
    # f is 6e4, so that eps |f| / h = 1.3e-6
    np.testing.assert_allclose(found, [3.0, 6.0], rtol=0, atol=1e-5)


def test_zero_dimensions_and_no_elements_are_served():
    assert numerical_gradient(
        lambda v: np.asarray(v**2), np.array(1.5), np.array(2.0)
    ) == pytest.approx(6.0)
    assert numerical_gradient(lambda v: v, np.zeros((0, 3)), np.zeros((0, 3))).shape == (0, 3)


def test_a_function_that_changes_its_argument_does_no_harm():
    def spoil(v):
        out = v**2
        v[:] = 0
        return out

    x = points(5, 4)
    np.testing.assert_allclose(numerical_gradient(spoil, x, np.ones(4)), 2 * x, atol=1e-8)


def test_a_function_with_the_wrong_result_is_refused():
    with pytest.raises(CheckFailure, match="what the function gives has the wrong shape"):
        numerical_gradient(lambda v: v[:2], points(1, 3), points(2, 3))
    with pytest.raises(CheckFailure, match="what the function gives is a list"):
        numerical_gradient(list, points(1, 3), points(2, 3))


@pytest.mark.parametrize("step", [0, -1e-5, float("nan")])
def test_a_step_that_means_nothing_is_an_error_of_the_check(step):
    with pytest.raises(ValueError, match="step"):
        numerical_gradient(np.sin, points(1, 3), points(2, 3), step=step)


NEAR = {"name": "dx", "rtol": 1e-6, "atol": 1e-8}


def test_a_right_gradient_passes_as_array_or_tensor_of_any_floating_type():
    x, cotangent = points(1, 3, 2), points(2, 3, 2)
    right = np.cos(x) * cotangent
    assert_gradient(right, np.sin, x, cotangent, **NEAR)
    assert_gradient(torch.from_numpy(right), np.sin, x, cotangent, **NEAR)
    single = right.astype(np.float32)
    assert_gradient(single, np.sin, x, cotangent, name="dx", rtol=1e-5, atol=1e-6)


def test_a_wrong_gradient_is_reported_with_its_worst_place():
    x, cotangent = points(1, 3, 2), points(2, 3, 2)
    wrong = np.cos(x) * cotangent
    wrong[2, 1] += 0.5
    with pytest.raises(CheckFailure, match=r"dx is wrong in 1 of 6") as caught:
        assert_gradient(wrong, np.sin, x, cotangent, hint="chain rule", **NEAR)
    assert "at [2, 1]" in caught.value.actual
    assert caught.value.hint == "chain rule"


def test_a_gradient_of_another_shape_or_type_is_refused():
    x = points(1, 3)
    with pytest.raises(CheckFailure, match="wrong shape"):
        assert_gradient(np.ones(2), np.sin, x, x, **NEAR)
    with pytest.raises(CheckFailure, match="is None"):
        assert_gradient(None, np.sin, x, x, **NEAR)


def affine(x, w):
    return x @ w


def affine_vjp(x, w, grad_out):
    return grad_out @ w.T, x.T @ grad_out


@pytest.mark.parametrize("fast", [True, False])
def test_gradcheck_passes_right_gradients(fast):
    x = tensors(1, 3, 4)
    gradcheck_remote(torch.sin, lambda x, g: x.cos() * g, x, name="sin", seed=5, fast=fast)
    both = (x, tensors(2, 4, 2))
    gradcheck_remote(affine, affine_vjp, both, name="affine", seed=5, fast=fast)


@pytest.mark.parametrize("fast", [True, False])
def test_gradcheck_names_the_worst_place_of_a_wrong_gradient(fast):
    def wrong(x, grad_out):
        grad = x.cos() * grad_out
        grad[2, 3] *= 2
        return grad

    with pytest.raises(CheckFailure) as caught:
        gradcheck_remote(
            torch.sin, wrong, tensors(1, 3, 4), name="sin_backward", seed=5, fast=fast, hint="look"
        )
    failure = caught.value
    assert failure.message.startswith(
        "the gradient from sin_backward, against central differences, is wrong in 1 of 12"
    )
    assert "at [2, 3]" in failure.actual
    assert failure.hint == "look"


def test_gradcheck_names_the_input_whose_gradient_is_wrong():
    def wrong(x, w, grad_out):
        return grad_out @ w.T, 2 * (x.T @ grad_out)

    with pytest.raises(CheckFailure, match="the gradient from affine for input 2"):
        gradcheck_remote(affine, wrong, (tensors(1, 3, 4), tensors(2, 4, 2)), name="affine", seed=5)


def test_gradcheck_reports_a_mistake_it_cannot_locate():
    seen = []

    def wavering(x, grad_out):
        """Wrong while gradcheck looks, right afterwards."""
        seen.append(1)
        return x.cos() * grad_out * (1 if len(seen) > 2 else 3)

    with pytest.raises(CheckFailure, match="sin disagrees with the numerical gradient") as caught:
        gradcheck_remote(torch.sin, wavering, tensors(1, 3), name="sin", seed=5)
    assert caught.value.actual


def test_gradcheck_does_not_search_large_inputs():
    calls = []

    def forward(x):
        calls.append(1)
        return x.sum().reshape(1)

    def wrong(x, grad_out):
        return 2 * torch.ones_like(x) * grad_out

    with pytest.raises(CheckFailure, match="disagrees"):
        gradcheck_remote(forward, wrong, tensors(1, 71, 71), name="sum", seed=5)
    assert len(calls) < 300


def test_gradcheck_calls_the_forward_pass_a_few_times_whatever_its_size():
    calls = []

    def forward(x):
        calls.append(1)
        return x.sin()

    gradcheck_remote(forward, lambda x, g: x.cos() * g, tensors(1, 71, 71), name="sin", seed=5)
    assert len(calls) < 20


@pytest.mark.parametrize(
    ("forward", "vjp", "message"),
    [
        (lambda x: None, lambda x, g: g, "the forward result for f is None"),
        (lambda x: x.float(), lambda x, g: g, "the forward result for f has the wrong dtype"),
        (lambda x: x, lambda x, g: g[:2], "the gradient from f has the wrong shape"),
        (lambda x: x, lambda x, g: None, "the gradient from f is None"),
        (lambda x: x, lambda x, g: (g, g), "f gives the wrong number of gradients"),
        (lambda x: x, lambda x, g: g * float("nan"), "the gradient from f contains NaN"),
    ],
)
def test_gradcheck_refuses_results_of_the_wrong_kind(forward, vjp, message):
    with pytest.raises(CheckFailure, match=message):
        gradcheck_remote(forward, vjp, tensors(1, 3), name="f", seed=5)


def test_an_exception_of_the_students_code_passes_through_gradcheck():
    def broken(x, grad_out):
        raise KeyError("cache")

    with pytest.raises(KeyError, match="cache"):
        gradcheck_remote(torch.sin, broken, tensors(1, 3), name="f", seed=5)


def test_gradcheck_leaves_the_global_generator_alone_and_hands_out_copies():
    def spoil(x):
        out = x.sin()
        x.zero_()
        return out

    x = tensors(1, 3)
    before, state = x.clone(), torch.random.get_rng_state()
    gradcheck_remote(spoil, lambda x, g: x.cos() * g, x, name="f", seed=5)
    assert torch.equal(x, before)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_gradients_that_all_arrive_pass():
    assert_gradient_flow({"w": torch.tensor([0.0, 1e-30]), "b": np.array([-2.0])}, name="Encoder")


def test_parameters_without_a_usable_gradient_are_listed():
    grads = {
        "conv1.weight": torch.ones(2),
        "conv1.bias": None,
        "conv2.weight": np.zeros((2, 3)),
        "conv2.bias": torch.tensor([1.0, float("nan")]),
        "linear.weight": [1.0],
        "linear.bias": np.array([1, 2]),
    }
    with pytest.raises(CheckFailure) as caught:
        assert_gradient_flow(grads, name="Encoder", hint="do not detach")
    assert caught.value.message.splitlines() == [
        "Encoder: 5 of 6 parameters cannot learn:",
        "- conv1.bias (no gradient)",
        "- conv2.weight (zero everywhere)",
        "- conv2.bias (NaN or infinity)",
        "- linear.weight (not a gradient but a list of 1)",
        "- linear.bias (dtype int64)",
    ]
    assert caught.value.hint == "do not detach"


@pytest.mark.parametrize("grads", [{}, None, []])
def test_a_module_without_parameters_cannot_learn(grads):
    with pytest.raises(CheckFailure, match="Encoder has no parameters"):
        assert_gradient_flow(grads, name="Encoder")
