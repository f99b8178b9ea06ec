"""Folders on their way to a cluster's workers."""

from pathlib import Path

import pytest

from grader.batch.cluster.errors import ClusterError
from grader.batch.cluster.files import lay_out, read_folder


def test_a_folder_arrives_as_it_was_without_caches(tmp_path):
    (tmp_path / "here/checks/__pycache__").mkdir(parents=True)
    (tmp_path / "here/checks/test.py").write_bytes(b"x = 1\n")
    (tmp_path / "here/checks/__pycache__/test.pyc").write_bytes(b"no")
    (tmp_path / "elsewhere").write_bytes(b"linked")
    (tmp_path / "here/link").symlink_to("../elsewhere")
    content = read_folder(tmp_path / "here")
    assert content == {"checks/test.py": b"x = 1\n", "link": b"linked"}
    lay_out(tmp_path / "there", content, mode=0o700)
    assert read_folder(tmp_path / "there") == content
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o700


def test_a_folder_is_never_open_to_others_not_even_while_it_is_empty(tmp_path, monkeypatch):
    seen = []

    def chmod(path, mode):
        seen.append(path.stat().st_mode & 0o077)
        change(path, mode)

    change = Path.chmod
    monkeypatch.setattr(Path, "chmod", chmod)
    lay_out(tmp_path / "there", {}, mode=0o700)
    assert seen == [0]


def test_a_folder_that_is_too_large_is_named_with_the_limit(tmp_path):
    (tmp_path / "big").write_bytes(bytes(3 * 2**20))
    with pytest.raises(ClusterError, match=r"has more than 2 MB.*leave out"):
        read_folder(tmp_path, most=2 * 2**20)


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", ""])
def test_a_path_that_leads_out_is_not_written(tmp_path, name):
    with pytest.raises(ValueError, match="leads out"):
        lay_out(tmp_path / "folder", {name: b""}, mode=0o700)
