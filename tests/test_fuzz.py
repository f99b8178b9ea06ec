"""Whatever bytes a worker sends, the judge comes to a verdict; see tests/fuzz for hours of this."""

import msgpack
import numpy as np
import pytest
from fuzz import properties
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.worker import wire

LENGTHS = st.one_of(st.integers(0, 70), st.sampled_from([2**16 - 1, 2**31, 2**32 - 1]))
NUMBERS = st.one_of(
    st.integers(-(2**63), 2**64 - 1), st.floats(), st.sampled_from([0, 1, 2, 3, 2**31, 2**62])
)
DTYPES = st.sampled_from(
    [
        *wire.TENSOR_TYPES,
        *(np.dtype(c).newbyteorder(o).str for c in "?bHiqQefdgFG" for o in "<>"),
        *("|O", "<i4,<i4", "(2,3)<f8", "object", "|V8", "<U3", "<M8[s]", "|S1", "", "f8"),
    ]
)
EXTENSION = st.sampled_from([0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 127])


def extension(body):
    """Extensions: with a body that fits, with any, and with one that is not even MessagePack."""
    arrays = st.tuples(DTYPES, st.lists(NUMBERS, max_size=4), st.binary(max_size=64)).map(list)
    arrays = arrays | st.tuples(DTYPES, st.integers(0, 5)).map(
        lambda made: [made[0], [made[1]], bytes(made[1] * 8)]
    )
    packed = (body | arrays).map(lambda value: msgpack.packb(value, default=str))
    return st.builds(msgpack.ExtType, EXTENSION, packed | st.binary(max_size=20))


TREES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.binary(max_size=20) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.binary(max_size=4), inner, max_size=4)
        | extension(inner)
    ),
    max_leaves=12,
)
WHOLE = TREES.map(lambda value: msgpack.packb(value, default=str, unicode_errors="surrogatepass"))


@st.composite
def spoilt(draw):
    """A frame in which bytes were changed, left out, or put in."""
    content = bytearray(draw(WHOLE))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=5))
    return bytes(content)


thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(WHOLE | spoilt())
@thorough
def test_a_frame_is_refused_or_becomes_plain_data(content):
    properties.decodes_to_plain_data(content)


@given(WHOLE | spoilt())
@thorough
def test_every_check_comes_to_an_end_on_whatever_a_worker_replies(content):
    properties.replies_are_answers_or_faults_of_the_student(content)


@given(st.binary(max_size=200) | WHOLE | spoilt())
@thorough
def test_messages_between_our_own_processes_are_decoded_or_refused(content):
    properties.messages_are_decoded_or_refused(content)


@given(LENGTHS, st.sampled_from([0xDC, 0xDD, 0xDE, 0xDF, 0xC6, 0xC9, 0xDB]), st.integers(1, 200))
@thorough
def test_lengths_that_nothing_follows_are_refused(length, first, times):
    size = {0xDC: 2, 0xDE: 2}.get(first, 4)
    header = bytes([first]) + (length % 256**size).to_bytes(size, "big")
    if length % 256**size:
        with pytest.raises(wire.ProtocolError):
            wire.unpack(b"\x91" + header * times)


@pytest.mark.parametrize("text", ["\x1b[2J\x9b", "\u202e", "a\0b", "x" * 10**6, "\n" * 10**6])
def test_what_a_check_says_of_a_text_can_be_read(text):
    for value in (text, [text], {text: text}, {"a": text}):
        properties.require_judged(value)
