"""Sends scores to a platform by LTI Advantage, each exactly once.

The token is got with a signed assertion (RFC 7523), as section 4 of
https://www.imsglobal.org/spec/security/v1p0 says. What was sent is kept in a file, so that a run
that was cut off goes on, and a second one sends only what changed.
"""

import hashlib
import time
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import msgspec
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from requests import RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from grader.export.lti import MEDIA_TYPE, SCOPE, later_than, score_object
from grader.export.records import ExportError, Graded
from grader.scores import write_whole

_TIMEOUT_S: Final = 30
_TRIES: Final = 5
_PASSING: Final = (429, 500, 502, 503, 504)


class Platform(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where scores go, as ``lti.toml`` says."""

    token_url: str
    client_id: str
    line_item: str
    """Address of the assignment's line item."""
    private_key: str
    """PEM file of the tool's RSA key, beside ``lti.toml`` if relative."""
    key_id: str
    audience: str | None = None
    """What the platform wants as audience; None: the address of its tokens."""


def read_platform(path: Path) -> tuple[Platform, str]:
    """Read ``lti.toml``, and the private key it names.

    Raises
    ------
    ExportError
        A file cannot be read, a field is missing or unknown, an address is not https.
    """
    try:
        platform = msgspec.convert(tomllib.loads(path.read_text()), Platform)
        key = (path.parent / platform.private_key).read_text()
    except OSError as error:
        raise ExportError(f"{error.filename or path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ExportError(f"{path}: {error}") from error
    for name in ("token_url", "line_item"):
        parts = urlsplit(getattr(platform, name))
        local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not (parts.scheme == "https" or local):
            raise ExportError(f"{path}: {name} must begin with https://")
    return platform, key


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform has of one student."""

    digest: str
    timestamp: str


class Ledger:
    """What was sent, by line item and student, in a file that is whole after each score."""

    def __init__(self, path: Path) -> None:
        """Read it; ExportError if it cannot be."""
        self.path = path
        self._sent: dict[str, dict[str, Sent]] = {}
        try:
            self._sent = msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Sent]])
        except FileNotFoundError:
            pass
        except (OSError, msgspec.DecodeError, UnicodeError) as error:
            raise ExportError(
                f"{path}: what was sent cannot be read ({error}); move the file away to send "
                "everything again, which does no harm"
            ) from error

    def last(self, line_item: str, user: str) -> Sent | None:
        """What was last sent of a student."""
        return self._sent.get(line_item, {}).get(user)

    def note(self, line_item: str, user: str, sent: Sent) -> None:
        """Keep what was sent; ScoreError if the disk is full."""
        self._sent.setdefault(line_item, {})[user] = sent
        write_whole(self.path, msgspec.json.format(msgspec.json.encode(self._sent), indent=1))


class Published(msgspec.Struct, kw_only=True):
    """What became of a run."""

    sent: int = 0
    unchanged: int = 0
    refused: list[str] = msgspec.field(default_factory=list)
    """A line for each score that the platform did not take."""


def publish(
    platform: Platform,
    key: str,
    found: Mapping[str, Graded],
    ledger: Ledger,
    *,
    per_minute: float = 300,
    dry_run: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> Published:
    """Send the scores that the platform does not have yet.

    Parameters
    ----------
    found
        Submissions by the platform's id of their student.
    per_minute
        Scores a minute at most.
    dry_run
        Ask for no token and send nothing; count what would be sent.

    Raises
    ------
    ExportError
        The platform gives no token, or cannot be reached in several tries. What was sent stays
        noted; the same command goes on.
    """
    done = Published()
    session = None if dry_run else _session(platform, key)
    next_at = 0.0
    for user, item in found.items():
        last = ledger.last(platform.line_item, user)
        document = score_object(
            item, user, later_than(last.timestamp if last else None, datetime.now(UTC))
        )
        digest = _digest(document)
        if last is not None and last.digest == digest:
            done.unchanged += 1
        elif session is None:
            done.sent += 1
        else:
            time.sleep(max(0.0, next_at - time.monotonic()))
            next_at = time.monotonic() + 60 / per_minute
            problem = _send(session, platform, document)
            if problem is None:
                ledger.note(
                    platform.line_item, user, Sent(digest=digest, timestamp=document["timestamp"])
                )
                done.sent += 1
            else:
                done.refused.append(f"{item.id}: {problem}")
        progress()
    return done


def scores_url(line_item: str) -> str:
    """The address that takes a line item's scores; its query stays behind the path."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))


def _session(platform: Platform, key: str) -> Any:
    claims = {"aud": platform.audience} if platform.audience else None
    method = PrivateKeyJWT(
        platform.token_url, claims=claims, headers={"kid": platform.key_id}, alg="RS256"
    )
    session = OAuth2Session(
        platform.client_id,
        key,
        scope=SCOPE,
        token_endpoint=platform.token_url,
        token_endpoint_auth_method=method,
        grant_type="client_credentials",
    )
    # A score that arrives twice has one time stamp, and so is one score: repeating it is safe.
    retry = Retry(
        total=_TRIES,
        backoff_factor=0.5,
        status_forcelist=_PASSING,
        allowed_methods=None,
        raise_on_status=False,
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    _fetch_token(session, platform)
    return session


def _fetch_token(session: Any, platform: Platform) -> None:
    try:
        session.fetch_token(grant_type="client_credentials", timeout=_TIMEOUT_S)
    except (OAuthError, RequestException, ValueError) as error:
        raise ExportError(
            f"{platform.token_url} gives no token: {error}; compare client_id, key_id and "
            "private_key with what the platform has registered"
        ) from error


def _send(session: Any, platform: Platform, document: dict[str, Any]) -> str | None:
    """Send one score; why the platform refused it, if it did."""
    response = _post(session, platform, document)
    if response.status_code == 401:  # the token was revoked before its time
        _fetch_token(session, platform)
        response = _post(session, platform, document)
    if response.ok:
        return None
    if response.status_code == 409:
        # Not later than what the platform has: after a repetition that is this very score.
        repeated = bool(response.raw.retries and response.raw.retries.history)
        return None if repeated else "the platform has a later score, made by somebody else"
    if response.status_code in (401, 403, *_PASSING):
        raise ExportError(
            f"{platform.line_item}: the platform answers {response.status_code} "
            f"({_said(response)}); what was sent is noted, so run the same command again later"
        )
    return f"the platform answers {response.status_code} ({_said(response)})"


def _post(session: Any, platform: Platform, document: dict[str, Any]) -> Response:
    try:
        response: Response = session.post(
            scores_url(platform.line_item),
            data=msgspec.json.encode(document),
            headers={"Content-Type": MEDIA_TYPE},
            timeout=_TIMEOUT_S,
        )
    except (RequestException, OAuthError) as error:
        raise ExportError(
            f"{platform.line_item} cannot be reached ({error}); what was sent is noted, so run the "
            "same command again"
        ) from error
    return response


def _said(response: Response) -> str:
    return " ".join(response.text.split())[:200] or "it says nothing"


def _digest(document: Mapping[str, Any]) -> str:
    timeless = {name: value for name, value in document.items() if name != "timestamp"}
    return hashlib.sha256(msgspec.json.encode(timeless, order="deterministic")).hexdigest()
