"""Networks and optimizers of our own that record how they are used."""

import pytest
import torch

from grader.worker.probes import PROBES
from grader.worker.standins import StandIn, StandInDecoder, StandInEncoder, recording_sgd, stand_in
from grader.worker.standins import events as logged


def images(count, side, seed=17):
    return torch.rand(count, 1, side, side, generator=torch.Generator().manual_seed(seed))


def weights(model, seed=18):
    generator = torch.Generator().manual_seed(seed)
    return {
        name: value + 0.3 * torch.randn(value.shape, generator=generator)
        for name, value in model.state_dict().items()
        if value.is_floating_point()
    }


def test_shapes_and_ranges_are_those_of_an_auto_encoder():
    model = StandIn(5, 3)
    x = images(7, 5)
    codes = model.encoder(x)
    assert codes.shape == (7, 3)
    assert codes.abs().max() < 1
    assert model(x).shape == (7, 1, 5, 5)
    assert 0 < model(x).min() < model(x).max() < 1
    assert StandInEncoder(12, 2)(torch.ones(4, 3, 4)).shape == (4, 2)
    assert StandInDecoder(4, 2)(torch.ones(3, 2)).shape == (3, 1, 4, 4)


def test_reconstructions_come_from_the_codes():
    model = stand_in(5, 3)
    x = images(6, 5)
    assert torch.equal(model(x), model.decoder(model.encoder(x)))


def test_a_given_state_makes_equal_networks():
    state = weights(StandIn(5, 3))
    first, second, other = stand_in(5, 3, state), stand_in(5, 3, state), stand_in(5, 3)
    x = images(6, 5)
    assert torch.equal(first(x), second(x))
    assert not torch.allclose(first(x), other(x))
    kept = {name: value.clone() for name, value in state.items()}
    with torch.no_grad():
        first.encoder.layers[1].weight.zero_()
    assert all(torch.equal(state[name], kept[name]) for name in state)


def test_a_state_of_another_network_is_refused():
    with pytest.raises(RuntimeError, match="size mismatch"):
        stand_in(5, 3, weights(StandIn(4, 3)))
    with pytest.raises(RuntimeError, match="Missing key"):
        stand_in(5, 3, {})
    with pytest.raises(TypeError, match="dropuot"):
        stand_in(5, 3, dropuot=0.2)


def test_dropout_and_batchnorm_act_in_training_only():
    x = images(9, 5)
    plain = stand_in(5, 8)
    assert torch.equal(plain(x), plain(x))
    dropping = stand_in(5, 8, dropout=0.3)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        codes = dropping.encoder(x)
    assert 0 < (codes == 0).float().mean() < 0.7
    assert torch.equal(dropping.eval()(x), dropping(x))
    normed = stand_in(5, 8, batchnorm=True)
    assert not torch.allclose(normed(x), normed.eval()(x))
    assert any("running_mean" in name for name in normed.state_dict())


def test_every_pass_is_logged_with_mode_graph_and_samples():
    model = stand_in(4, 2)
    model(images(7, 4))
    model.eval()
    with torch.no_grad():
        model(images(3, 4))
    model(images(5, 4))
    assert logged(model) == [
        {"event": "forward", "training": True, "graph": True, "samples": 7},
        {"event": "forward", "training": False, "graph": False, "samples": 3},
        {"event": "forward", "training": False, "graph": True, "samples": 5},
    ]


def test_parts_used_alone_are_no_passes():
    model = stand_in(4, 2)
    model.decoder(model.encoder(images(3, 4)))
    assert logged(model) == []


def test_logs_are_each_models_own():
    first, second = stand_in(4, 2), stand_in(4, 2)
    first(images(3, 4))
    assert len(logged(first)) == 1
    assert logged(second) == []


def test_a_step_is_plain_gradient_descent_and_is_logged_in_order():
    model = stand_in(4, 2)
    optimizer = recording_sgd(model, 0.25)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer.zero_grad()
    model(images(7, 4)).square().sum().backward()
    optimizer.step()
    for name, p in model.named_parameters():
        assert p.grad.abs().max() > 0
        torch.testing.assert_close(p.detach(), before[name] - 0.25 * p.grad)
    assert [event["event"] for event in logged(model)] == ["zero_grad", "forward", "step"]


def test_clearing_gradients_clears_them():
    model = stand_in(4, 2)
    optimizer = recording_sgd(model, 0.25)
    model(images(3, 4)).sum().backward()
    optimizer.zero_grad(set_to_none=False)
    assert all(torch.count_nonzero(p.grad) == 0 for p in model.parameters())
    optimizer.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_a_step_may_bring_its_closure():
    model = stand_in(4, 2)
    optimizer = recording_sgd(model, 0.25)

    def closure():
        optimizer.zero_grad()
        loss = model(images(3, 4)).mean()
        loss.backward()
        return loss

    assert 0 < optimizer.step(closure) < 1
    assert [event["event"] for event in logged(model)] == ["step", "zero_grad", "forward"]


def test_checks_reach_the_stand_ins_as_probes():
    assert PROBES["stand_in"] is stand_in
    assert PROBES["recording_sgd"] is recording_sgd
    assert PROBES["events"] is logged
