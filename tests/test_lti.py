"""LTI: score objects, and sending them to a stand-in platform over HTTP on loopback."""

import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import jsonschema
import pytest
from click.testing import CliRunner
from joserfc import jwt
from joserfc.jwk import RSAKey
from sample_scores import FINAL, write_class

from grader.batch.gradebook import Gradebook
from grader.cli import main
from grader.export import ExportError, read_graded
from grader.export.lti import (
    MEDIA_TYPE,
    SCOPE,
    Members,
    later_than,
    read_members,
    score_objects,
)
from grader.export.publish import scores_url

AT = datetime(2031, 3, 5, 6, 7, 8, 9, tzinfo=UTC)
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$"
# https://www.imsglobal.org/spec/lti-ags/v2p0 , section 3.4
SCORE = {
    "type": "object",
    "required": ["userId", "timestamp", "activityProgress", "gradingProgress"],
    "additionalProperties": False,
    "properties": {
        "userId": {"type": "string", "minLength": 1},
        "timestamp": {"pattern": TIME},
        "scoreGiven": {"type": "number", "minimum": 0},
        "scoreMaximum": {"type": "number", "exclusiveMinimum": 0},
        "comment": {"type": "string"},
        "activityProgress": {
            "enum": ["Initialized", "Started", "InProgress", "Submitted", "Completed"]
        },
        "gradingProgress": {
            "enum": ["FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"]
        },
        "submission": {"properties": {"submittedAt": {"pattern": TIME}}},
    },
    "dependentRequired": {"scoreGiven": ["scoreMaximum"]},
}
MEMBERS = {
    "id": "https://lms.example.org/members",
    "members": [
        {"user_id": "u-ada", "email": "Ada@example.org", "status": "Active"},
        {"user_id": "u-bjorn", "lis_person_sourcedid": "S-2"},
        {"user_id": "u-chen", "name": "明 陈"},
        {"user_id": "u-gone", "email": "eve@example.org", "status": "Deleted"},
        {"user_id": "u-eve", "name": "@Eve"},
    ],
}


@pytest.fixture
def results(tmp_path):
    return write_class(tmp_path / "results")


def test_score_objects_keep_the_rules_and_open_points_are_no_zero(results):
    graded, _ = read_graded(results)
    found, problems = score_objects(graded, Members(field="user_id"), AT)
    for item in found:
        jsonschema.validate(item, SCORE)
    by_user = {item["userId"]: item for item in found}
    given = {user: item.get("scoreGiven") for user, item in by_user.items()}
    assert given == {"11": 9.5, "12": 6.25, "13": 4.83, "14": FINAL["chen"], "15": None}
    assert by_user["15"]["gradingProgress"] == "PendingManual"
    assert by_user["15"]["activityProgress"] == "Submitted"
    assert problems == ["fox: has no user_id; left out"]


def test_members_are_found_by_what_the_platform_says_of_them(results, tmp_path):
    (tmp_path / "members.json").write_text(json.dumps(MEMBERS))
    graded, _ = read_graded(results)
    found, problems = score_objects(graded, read_members(tmp_path / "members.json"), AT)
    assert {item["userId"] for item in found} == {"u-ada", "u-bjorn", "u-chen", "u-eve"}
    assert len(problems) == 2  # Dina and fox


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"members": [{}]}', b'{"members": 3}', b"{}", b'{"\xeb": 1}']
)
def test_members_that_are_none_are_refused(tmp_path, content):
    (tmp_path / "members.json").write_bytes(content)
    with pytest.raises(ExportError, match="membership container"):
        read_members(tmp_path / "members.json")
    with pytest.raises(ExportError, match="cannot be read"):
        read_members(tmp_path / "gone.json")


def test_two_submissions_of_one_user_are_both_left_out(results):
    graded, _ = read_graded(results)
    found, problems = score_objects([*graded, graded[0]], Members(field="email"), AT)
    assert "Ada@example.org" not in {item["userId"] for item in found}
    assert sum("shares email" in line for line in problems) == 2


def test_a_time_stamp_is_later_than_the_last():
    assert later_than(None, AT) == "2031-03-05T06:07:08.000009Z"
    assert later_than("2031-03-05T06:07:08.000009Z", AT) == "2031-03-05T06:07:08.000010Z"
    assert later_than("2030-03-05T06:07:08.000009Z", AT) == "2031-03-05T06:07:08.000009Z"


def test_the_query_of_a_line_item_stays_behind_the_path():
    assert scores_url("https://x/li/4?type=1") == "https://x/li/4/scores?type=1"


class Platform(ThreadingHTTPServer):
    """Issues tokens for signed assertions, and keeps scores as the specification says."""

    daemon_threads = True

    def __init__(self, public):
        super().__init__(("127.0.0.1", 0), Handler)
        self.public = public
        self.tokens = {}
        self.seen = set()
        self.scores = {}
        self.requests = Counter()
        self.arrivals = []
        self.troubles = []
        """What happens to the next scores: a status, 'lost' answer, or 'revoked' token."""
        self.unknown = set()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path = self.path.partition("?")[0]
        self.server.requests[path] += 1
        status, answer = self.token(body) if path == "/token" else self.score(path, body)
        if status is None:
            self.close_connection = True
            return
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def token(self, body):
        server = self.server
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        if form.get("grant_type") != "client_credentials" or form.get("scope") != SCOPE:
            return 400, {"error": "invalid_request"}
        try:
            assert form["client_assertion_type"] == kind
            token = jwt.decode(form["client_assertion"], server.public, algorithms=["RS256"])
            assert token.header["kid"] == "key-9"
            claims = token.claims
            assert claims["iss"] == claims["sub"] == "client-7"
            assert claims["aud"] in (f"{server.address}/token", [f"{server.address}/token"])
            assert claims["iat"] <= time.time() + 5 < claims["exp"]
            assert claims["jti"] not in server.seen
        except Exception as error:
            return 400, {"error": "invalid_client", "error_description": repr(error)[:80]}
        server.seen.add(claims["jti"])
        value = f"token-{len(server.seen)}"
        server.tokens[value] = True
        answer = {"access_token": value, "token_type": "Bearer", "expires_in": 3600}
        return 200, answer | {"scope": SCOPE}

    def score(self, path, body):
        server = self.server
        server.arrivals.append(time.monotonic())
        trouble = server.troubles.pop(0) if server.troubles else None
        if trouble == "revoked":
            server.tokens.clear()
        given = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        if not server.tokens.get(given):
            return 401, {"error": "invalid_token"}
        if isinstance(trouble, int):
            return trouble, {"error": "trouble"}
        document = json.loads(body)
        try:
            assert path == "/items/4/scores"
            assert self.path.endswith("?type=1")
            assert self.headers["Content-Type"] == MEDIA_TYPE
            jsonschema.validate(document, SCORE)
        except (AssertionError, jsonschema.ValidationError) as error:
            return 400, {"error": repr(error)[:80]}
        user = document["userId"]
        if user in server.unknown:
            return 404, {"error": f"no user {user}"}
        last = server.scores.get(user)
        if last and last[-1]["timestamp"] >= document["timestamp"]:
            return 409, {"error": "not later than the last"}
        server.scores.setdefault(user, []).append(document)
        return (None, None) if trouble == "lost" else (200, {})


@pytest.fixture(scope="module")
def key():
    return RSAKey.generate_key(2048)


@pytest.fixture
def platform(key, tmp_path):
    server = Platform(RSAKey.import_key(key.as_pem(private=False)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    (tmp_path / "key.pem").write_bytes(key.as_pem(private=True))
    (tmp_path / "lti.toml").write_text(
        f'token_url = "{server.address}/token"\nclient_id = "client-7"\nkey_id = "key-9"\n'
        f'line_item = "{server.address}/items/4?type=1"\nprivate_key = "key.pem"\n'
    )
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def publish(tmp_path, *arguments, rate="100000"):
    command = ["publish", "lti", "results", "--platform", "lti.toml", "--user-field", "user_id"]
    words = [str(tmp_path / w) if w in ("results", "lti.toml") else w for w in command]
    return CliRunner().invoke(main, [*words, "--per-minute", rate, *arguments])


def given(platform):
    return {user: sent[-1].get("scoreGiven") for user, sent in platform.scores.items()}


EXPECTED = {"11": 9.5, "12": 6.25, "13": 4.83, "14": 4.83, "15": None}


def test_a_class_is_sent_once_and_then_only_what_changed(platform, results, tmp_path):
    done = publish(tmp_path)
    assert done.exit_code == 1, done.output  # fox is not known to the platform
    assert "5 sent, 0 unchanged, 0 refused, 1 left out" in done.output
    assert given(platform) == EXPECTED
    assert "0 sent, 5 unchanged" in publish(tmp_path).output
    with Gradebook(results / "gradebook.db") as book:
        book.remarks.adjust("bjorn", kind="add", points=1, author="kim")
    assert "1 sent, 4 unchanged" in publish(tmp_path).output
    assert given(platform) == EXPECTED | {"12": 7.25}
    assert Counter({user: len(sent) for user, sent in platform.scores.items()})["11"] == 1


def test_a_dry_run_sends_nothing_at_all(platform, results, tmp_path):
    done = publish(tmp_path, "--dry-run")
    assert "5 would be sent" in done.output
    assert not platform.requests
    assert not (results / "lti-sent.json").exists()


@pytest.mark.parametrize("trouble", [503, 429, "lost", "revoked"])
def test_a_passing_trouble_costs_no_score_and_makes_none_twice(
    platform, results, tmp_path, trouble
):
    platform.troubles = [None, trouble, trouble if trouble == 503 else None]
    done = publish(tmp_path)
    assert "5 sent" in done.output, done.output
    assert given(platform) == EXPECTED
    assert {len(sent) for sent in platform.scores.values()} == {1}
    assert platform.requests["/token"] == (2 if trouble == "revoked" else 1)


def test_a_run_that_was_cut_off_goes_on_where_it_was(platform, results, tmp_path):
    platform.troubles = [None, None, 403]
    done = publish(tmp_path)
    assert done.exit_code == 2
    assert "run the same command again" in done.output
    assert len(platform.scores) == 2
    assert "3 sent, 2 unchanged" in publish(tmp_path).output
    assert {len(sent) for sent in platform.scores.values()} == {1}


def test_a_score_that_is_refused_is_named_and_the_others_are_sent(platform, results, tmp_path):
    platform.unknown = {"12"}
    done = publish(tmp_path)
    assert done.exit_code == 1
    assert "bjorn: the platform answers 404" in done.output
    assert "4 sent, 0 unchanged, 1 refused" in done.output
    platform.unknown = set()
    assert "1 sent, 4 unchanged" in publish(tmp_path).output


def test_a_later_score_of_somebody_else_is_left_and_said(platform, results, tmp_path):
    platform.scores["12"] = [{"timestamp": "2999-01-01T00:00:00.000Z", "scoreGiven": 1}]
    done = publish(tmp_path)
    assert done.exit_code == 1
    assert "bjorn: the platform has a later score" in done.output
    assert "4 sent" in done.output
    assert given(platform)["12"] == 1


def test_scores_are_sent_no_faster_than_asked(platform, results, tmp_path):
    publish(tmp_path, rate="600")
    assert len(platform.arrivals) == 5
    assert platform.arrivals[-1] - platform.arrivals[0] >= 0.35  # four pauses of 0.1 s


def test_a_platform_that_knows_another_key_gives_no_token(platform, results, tmp_path):
    (tmp_path / "key.pem").write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    done = publish(tmp_path)
    assert done.exit_code == 2
    assert "gives no token" in done.output
    assert not platform.scores


def test_a_platform_that_is_not_there_is_named(platform, results, tmp_path):
    text = (tmp_path / "lti.toml").read_text()
    (tmp_path / "lti.toml").write_text(text.replace("/token", "/nothing"))
    assert "gives no token" in publish(tmp_path).output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("http://127.0.0.1", "http://lms.example.org", "https://"),
        ('client_id = "client-7"\n', "", "client_id"),
        ("key.pem", "gone.pem", "gone.pem: cannot be read"),
        ("key_id", "key_di", "key_di"),
        ("=", "", "lti.toml"),
    ],
)
def test_a_wrong_description_of_the_platform_is_refused(
    platform, results, tmp_path, old, new, said
):
    text = (tmp_path / "lti.toml").read_text()
    (tmp_path / "lti.toml").write_text(text.replace(old, new))
    done = publish(tmp_path)
    assert done.exit_code == 2
    assert said in done.output


def test_a_damaged_record_of_what_was_sent_is_refused(platform, results, tmp_path):
    (results / "lti-sent.json").write_text("{")
    done = publish(tmp_path)
    assert done.exit_code == 2
    assert "lti-sent.json" in done.output
    assert not platform.scores
