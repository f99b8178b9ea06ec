"""Where each submission stands: its last score, what people added, and the points that count."""

from sample_scores import make_score

from grader.batch.gradebook import Gradebook
from grader.batch.records import Entry
from grader.batch.standing import each_standing


def test_the_last_score_comes_with_what_stands_of_what_people_added(tmp_path):
    with Gradebook(tmp_path / "gradebook.db") as book:
        book.record(None, make_score("bo", slope=1.0))
        book.record(None, make_score("ada", slope=1.0))
        book.record(None, make_score("ada", slope=2.0))
        given = book.remarks.adjust("ada", kind="add", points=1.25, author="kim", task="slope")
        taken = book.remarks.adjust("ada", kind="add", points=5, author="kim")
        book.remarks.withdraw("adjustments", taken.id, author="kim")
        said = book.remarks.comment("ada", "A clear derivation.", author="kim")
        ada, bo = each_standing(book)
    assert (ada.score, bo.score) == (make_score("ada", slope=2.0), make_score("bo", slope=1.0))
    assert (ada.adjustments, ada.comments) == ((given,), (said,))
    assert (ada.final.points, ada.final.adjusted) == (ada.score.score + 1.25, True)
    assert (bo.adjustments, bo.comments, bo.final.adjusted) == ((), (), False)
    assert bo.entry == Entry(id="bo")


def test_an_empty_gradebook_has_nobody(tmp_path):
    with Gradebook(tmp_path / "gradebook.db") as book:
        assert list(each_standing(book)) == []
