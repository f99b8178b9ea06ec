"""Modules of one folder, imported by their own names beside those of another."""

import sys

import pytest

from grader.worker.modules import ModuleFolder


@pytest.fixture
def folder(tmp_path):
    """``folder(name, module=text, ...)``; nothing of it is left in this process afterwards."""
    modules, path, writes = dict(sys.modules), list(sys.path), sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # files are rewritten faster than bytecode can tell

    def make(name, **files):
        place = tmp_path / name
        for module, text in files.items():
            file = place / f"{module}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return place

    yield make
    sys.dont_write_bytecode = writes
    sys.path[:] = path
    for name in set(sys.modules) - set(modules):
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def pair(folder):
    """A resident and a passing folder of the same names."""
    text = "from lower_t import WHO\ndef who():\n    import lower_t\n    return WHO, lower_t.WHO\n"
    ours = folder("ours", upper_t=text, lower_t="WHO = 'ours'\n")
    theirs = folder("theirs", upper_t=text, lower_t="WHO = 'theirs'\n")
    return ModuleFolder(theirs, resident=True), ModuleFolder(ours, resident=False)


@pytest.mark.parametrize("first", [0, 1])
def test_two_folders_of_the_same_names_live_in_one_process(pair, first):
    loaded = {}
    for index in (first, 1 - first):
        loaded[index] = pair[index].load("upper_t")
    assert loaded[0] is not loaded[1]
    assert (loaded[0].WHO, loaded[1].WHO) == ("theirs", "ours")
    assert loaded[0].who() == ("theirs", "theirs")
    assert sys.modules["lower_t"].WHO == "theirs"


def test_the_other_folders_modules_are_back_after_an_import_that_fails(folder):
    resident = ModuleFolder(folder("a", one_t="N = 4\n"), resident=True)
    passing = ModuleFolder(
        folder("b", one_t="import other_t\nN = 5\n", other_t="1 / 0"), resident=False
    )
    module = resident.load("one_t")
    with pytest.raises(ZeroDivisionError):
        passing.load("one_t")
    assert sys.modules["one_t"] is module
    assert "other_t" not in sys.modules
    assert not any(path.endswith("b") for path in sys.path if "test_the_other" in path)


def test_a_module_is_imported_once(folder):
    place = folder("a", one_t="import counter_t\ncounter_t.N += 1\n", counter_t="N = 0\n")
    for resident in (True, False):
        modules = ModuleFolder(place, resident=resident)
        assert modules.load("one_t") is modules.load("one_t")
        assert modules.load("counter_t").N == 1
        modules.forget()


def test_a_module_that_failed_can_be_asked_for_again(folder):
    place = folder("a", one_t="import steady_t\nraise OSError('no luck')\n", steady_t="N = [3]\n")
    modules = ModuleFolder(place, resident=True)
    for _ in range(2):
        with pytest.raises(OSError, match="no luck"):
            modules.load("one_t")
    assert "one_t" not in sys.modules
    assert modules.load("steady_t").N == [3]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def broken(:\n", SyntaxError),
        ("import no_such_package_t\n", ModuleNotFoundError),
        ("from helper_t import absent\n", ImportError),
        ("raise SystemExit(3)\n", SystemExit),
        ("raise KeyboardInterrupt\n", KeyboardInterrupt),
    ],
)
@pytest.mark.parametrize("resident", [True, False])
def test_what_an_import_raises_comes_out_as_it_is(folder, code, error, resident):
    modules = ModuleFolder(folder("a", one_t=code, helper_t=""), resident=resident)
    with pytest.raises(error) as caught:
        modules.load("one_t")
    assert type(caught.value) is error
    modules.forget()
    assert not {"one_t", "helper_t"} & set(sys.modules)


def test_a_missing_module_is_named_and_nothing_else_is_searched(folder):
    modules = ModuleFolder(folder("a", one_t=""), resident=True)
    for name in ("absent_t", "json"):
        with pytest.raises(ModuleNotFoundError, match=rf"there is no file {name}\.py") as caught:
            modules.load(name)
        assert caught.value.name == name


def test_a_package_is_a_module_too(folder):
    files = {"pack_t/__init__": "", "pack_t/part": "N = 6\n", "one_t": "from pack_t import part\n"}
    place = folder("a", **files)
    modules = ModuleFolder(place, resident=True)
    assert modules.load("one_t").part.N == 6
    assert modules.load("pack_t").part.N == 6
    modules.forget()
    assert not any(name.startswith("pack_t") for name in sys.modules)


LATE = "def late():\n    import neighbour_t\n    return neighbour_t\n"


def test_packages_of_one_name_in_two_folders_keep_their_parts_apart(folder):
    files = {"tools_t/__init__": "from tools_t.part import WHO\n"}
    ours = folder("ours", **files, **{"tools_t/part": "WHO = 'ours'\n"})
    theirs = folder("theirs", **files, **{"tools_t/part": "WHO = 'theirs'\n"})
    assert ModuleFolder(theirs, resident=True).load("tools_t").WHO == "theirs"
    assert ModuleFolder(ours, resident=False).load("tools_t").WHO == "ours"
    assert sys.modules["tools_t.part"].WHO == "theirs"


def test_parts_of_a_package_that_failed_are_not_another_folders(folder):
    begin = "from tools_t.part import WHO\n"
    theirs = folder(
        "theirs", **{"tools_t/__init__": begin + "1 / 0\n", "tools_t/part": "WHO = 'theirs'\n"}
    )
    ours = folder("ours", **{"tools_t/__init__": begin, "tools_t/part": "WHO = 'ours'\n"})
    with pytest.raises(ZeroDivisionError):
        ModuleFolder(theirs, resident=True).load("tools_t")
    assert ModuleFolder(ours, resident=False).load("tools_t").WHO == "ours"


def test_a_module_called_like_a_package_that_is_loaded_displaces_all_of_it(folder):
    import xml.dom.minidom

    parts = {name: module for name, module in sys.modules.items() if name.startswith("xml")}
    try:
        students = ModuleFolder(
            folder("a", xml="import sys\nSEEN = sorted(sys.modules)\n"), resident=True
        )
        seen = students.load("xml").SEEN
        assert not [name for name in seen if name.startswith("xml.")]
        students.forget()
        assert sys.modules["xml.dom.minidom"] is xml.dom.minidom
    finally:
        sys.modules.update(parts)


def test_a_resident_folder_allows_imports_inside_functions(folder):
    modules = ModuleFolder(folder("a", one_t=LATE, neighbour_t="N = 8\n"), resident=True)
    assert modules.load("one_t").late().N == 8


def test_a_neighbour_imported_late_is_the_module_that_is_loaded_later(folder):
    place = folder("a", one_t=LATE, neighbour_t="N = 8\n", third_t="")
    modules = ModuleFolder(place, resident=True)
    neighbour = modules.load("one_t").late()
    modules.load("third_t")
    assert modules.load("neighbour_t") is neighbour
    assert modules.load("one_t").late() is neighbour


def test_forgetting_takes_everything_of_the_folder_out(folder):
    place = folder("a", one_t=LATE, neighbour_t="N = 8\n", third_t="")
    modules, path = ModuleFolder(place, resident=True), list(sys.path)
    modules.load("third_t")
    modules.load("one_t").late()
    assert str(place) in sys.path
    modules.forget()
    assert not {"one_t", "neighbour_t", "third_t"} & set(sys.modules)
    assert sys.path == path
    modules.forget()


def test_after_forgetting_the_files_are_read_anew(folder):
    modules = ModuleFolder(folder("a", one_t="N = 1\n"), resident=True)
    assert modules.load("one_t").N == 1
    folder("a", one_t="N = 22\n")
    assert modules.load("one_t").N == 1
    modules.forget()
    assert modules.load("one_t").N == 22


def test_forgetting_brings_back_what_had_the_name_before(folder):
    before = ModuleFolder(folder("b", one_t="N = 2\n"), resident=True)
    module = before.load("one_t")
    modules = ModuleFolder(folder("a", one_t="N = 1\n"), resident=True)
    assert modules.load("one_t").N == 1
    modules.forget()
    assert sys.modules["one_t"] is module
    modules.forget()
    assert sys.modules["one_t"] is module
    before.forget()
    assert "one_t" not in sys.modules


def test_forgetting_leaves_alone_what_another_folder_loaded_since(folder):
    older = ModuleFolder(folder("a", one_t="N = 1\n"), resident=True)
    older.load("one_t")
    inner = ModuleFolder(folder("a/inner", one_t="N = 2\n"), resident=True)
    module = inner.load("one_t")
    older.forget()
    assert sys.modules["one_t"] is module
    inner.forget()


def test_a_passing_folder_leaves_no_trace(folder):
    modules = ModuleFolder(folder("a", one_t="N = 1\n"), resident=False)
    names, path = set(sys.modules), list(sys.path)
    assert modules.load("one_t").N == 1
    assert "one_t" not in sys.modules
    assert set(sys.modules) - names == set()
    assert sys.path == path
