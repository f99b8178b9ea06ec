"""Mutation that keeps MessagePack whole, so that fuzzing gets past the outermost header."""

import random

import msgpack

INTERESTING = [
    *(None, True, False, 0, 1, -1, 2**31, 2**62, 2**63, 2**64 - 1, -(2**63)),
    *(0.0, 1.5, -2.0, float("nan"), float("inf"), 1e308, 5e-324),
    *("", "a", "ok", "error", "float64", "bool", "bfloat16", "<f8", "<c16", "|b1", "|i1", "|O"),
    *(b"", b"\0", b"\0" * 8, b"\xff" * 16),
    *([], {}, [[]], {"a": 1}, [0.5, 0.25], [2, 0, 3]),
]
CODES = [1, 2, 3, 4, 5, 0, 6, 127]


class Extension:
    """An extension whose body is a tree too."""

    def __init__(self, code: int, body: object) -> None:
        self.code = code
        self.body = body


def mutate(content: bytes, seed: int) -> bytes | None:
    """A frame with one or a few nodes changed; None where `content` is no frame."""
    try:
        tree = _read(content)
    except (ValueError, TypeError, msgpack.UnpackException):
        return None
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        tree = _change(tree, chance)
    try:
        return _write(tree)
    except (ValueError, TypeError, OverflowError):
        return None


def _read(content: bytes) -> object:
    def extension(code: int, data: bytes) -> Extension:
        return Extension(code, _read(data))

    return msgpack.unpackb(
        content, ext_hook=extension, strict_map_key=False, unicode_errors="surrogateescape"
    )


def _write(tree: object) -> bytes:
    def extension(value: object) -> msgpack.ExtType:
        if type(value) is not Extension:
            raise TypeError
        return msgpack.ExtType(value.code, _write(value.body))

    return msgpack.packb(tree, default=extension, unicode_errors="surrogateescape")


def _change(tree: object, chance: random.Random) -> object:
    """The tree with a node replaced, wrapped, repeated, or left out."""
    if type(tree) is list and tree and chance.random() < 0.8:
        at = chance.randrange(len(tree))
        parts = chance.choice(([_change(tree[at], chance)], [], [tree[at]] * chance.randint(2, 9)))
        return [*tree[:at], *parts, *tree[at + 1 :]]
    if type(tree) is dict and tree and chance.random() < 0.8:
        key = chance.choice(list(tree))
        changed = dict(tree)
        changed[chance.choice([key, "a", ""])] = _change(changed.pop(key), chance)
        return changed
    if type(tree) is Extension and chance.random() < 0.8:
        code = chance.choice(CODES) if chance.random() < 0.2 else tree.code
        return Extension(code, _change(tree.body, chance))
    if type(tree) is bytes and chance.random() < 0.5:
        return chance.randbytes(chance.choice((0, 1, 4, 8, 16, 24, 64)))
    if type(tree) is int and chance.random() < 0.5:
        return max(-(2**63), min(2**64 - 1, tree + chance.choice((-2, -1, 1, 2))))
    wrapped = ([tree], [tree, tree], {"a": tree}, Extension(3, [tree]), Extension(3, tree))
    return chance.choice((chance.choice(INTERESTING), chance.choice(wrapped)))
