"""What the hub uses of libraries without their promise: each is said once here, with what of the hub breaks without it.

An upgrade that fails here names the feature to look at; one that passes changed nothing the hub leans on.
"""

# ruff: noqa: SLF001 — the private names are what is tested

import ast
import inspect
import io
from functools import cache
from pathlib import Path

import openpyxl
import PIL.Image
import pytest
from allauth.account.internal.flows import login
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core.internal import cryptokit, ratelimit
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from django.test import RequestFactory
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.forms import BaseImageForm
from wagtail.models import Page, ReferenceIndex

PIXEL = io.BytesIO()
PIL.Image.new("RGB", (1, 1)).save(PIXEL, format="PNG")
APPS = ("events", "hub", "initiatives", "search")


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.django_db
def test_django_lists_what_follows_the_commit_with_its_savepoints():
    """``search/delivery.py``: one delivery for a transaction, and none for a savepoint rolled back."""

    class Kept:
        def run(self) -> None: ...

    kept = Kept()
    with transaction.atomic():
        transaction.on_commit(kept.run, robust=True)
        savepoints, called, *_rest = connection.run_on_commit[-1]
        assert savepoints == set(connection.savepoint_ids)
        assert called.__self__ is kept
        with transaction.atomic():
            transaction.on_commit(Kept().run)
            transaction.set_rollback(True)
        assert connection.run_on_commit[-1][1] == kept.run
        connection.run_on_commit = connection.run_on_commit[:-1]


def test_django_draws_the_key_of_a_session_in_one_place():
    """``hub/accounts/sessions.py``: the prefix that tells a visitor's session from a person's."""
    store = SessionStore()
    assert parameters(store._get_new_session_key) == []
    store._session_cache = {"kept": 1}
    assert store._session == {"kept": 1}


def test_django_hashes_the_state_of_a_person_into_the_link_of_a_password():
    """``hub/accounts/signing_in/passwords.py``: a change of address ends the links sent before it."""
    assert parameters(PasswordResetTokenGenerator()._make_hash_value) == ["user", "timestamp"]
    assert "_make_hash_value" in inspect.getsource(PasswordResetTokenGenerator._make_token_with_timestamp)


def test_django_writes_a_file_through_save_and_returns_its_name(tmp_path):
    """``hub/files/storage.py``: no half-written file is ever at its place."""
    storage = FileSystemStorage(location=tmp_path)
    assert storage._save("a.txt", ContentFile(b"a")) == "a.txt"
    assert (tmp_path / "a.txt").read_bytes() == b"a"


@pytest.mark.django_db
def test_django_knows_whether_a_file_is_new():
    """``hub/pages/images.py``: a picture is cleaned of its metadata once, when it comes in."""
    image = get_image_model()(title="a")
    image.file = ContentFile(PIXEL.getvalue(), name="a.png")
    assert image.file._committed is False
    assert image._state.adding is True


@pytest.mark.django_db
def test_wagtail_fills_the_size_and_the_sum_of_a_file():
    """``hub/pages/images.py``, ``initiatives/space/uploads.py``: files that come by no form of Wagtail's have both."""
    for model, fill in (
        (get_image_model(), "_set_image_file_metadata"),
        (get_document_model(), "_set_document_file_metadata"),
    ):
        item = model(title="a")
        item.file = ContentFile(PIXEL.getvalue(), name="a.png")
        getattr(item, fill)()
        assert item.file_size == len(PIXEL.getvalue())
        assert len(item.file_hash) == 40


def test_wagtail_form_of_an_image_has_a_field_named_file():
    """``hub/pages/images.py``: the form refuses in French what is no picture, by the class of this field."""
    assert "file" in inspect.getsource(BaseImageForm)


@pytest.mark.django_db
def test_wagtail_reads_a_page_for_its_references():
    """``initiatives/space/uploads.py``: a file leaves with the last page that shows it."""
    page = Page.objects.get(depth=1)
    references = list(ReferenceIndex._extract_references_from_object(page))
    assert all(len(reference) == 4 for reference in references)
    assert parameters(ReferenceIndex._extract_references_from_object)[0] == "object"


def test_openpyxl_says_which_part_of_the_archive_a_sheet_is():
    """``initiatives/bulk/tables.py``: formulas without a value are named, instead of read as empty cells."""
    written = io.BytesIO()
    openpyxl.Workbook().save(written)
    book = openpyxl.load_workbook(written, read_only=True)
    assert book._archive.read(book.worksheets[0]._worksheet_path).startswith(b"<worksheet")
    book.close()


def test_allauth_signs_in_and_records_how():
    """``hub/accounts/signing_in``: sign-in by code or link, second factor."""
    assert parameters(login.perform_login) == ["request", "login"]
    assert parameters(login.record_authentication)[:3] == ["request", "user", "method"]


def test_allauth_sign_in_by_code_is_made_of_a_stage_and_a_state():
    """``hub/accounts/signing_in/process.py``: one mail with a code and a link, in the browser that asked for it."""
    assert parameters(LoginCodeVerificationProcess.__init__) == ["self", "stage"]
    for name in ("initial_state", "send", "persist", "is_valid", "abort", "generate_code"):
        assert hasattr(LoginCodeVerificationProcess, name), name
    assert parameters(LoginCodeVerificationProcess.send_by_email)[1] == "email"
    assert parameters(LoginStageController.enter) == ["request", "stage_key"]
    assert LoginByCodeStage.key == "login_by_code"


def test_allauth_compares_codes_as_people_type_them():
    """``hub/accounts/signing_in/forms.py``: spaces, dashes and case do not count."""
    assert cryptokit.compare_user_code(actual="abc-def", expected="ABCDEF")
    assert cryptokit.normalize_user_code("abc def") == cryptokit.normalize_user_code("ABC-DEF")


def test_allauth_gives_the_state_of_a_provider_s_answer():
    """``hub/accounts/signing_in/openid.py``: the nonce of ProConnect is checked against the one that was sent."""
    assert parameters(OAuth2CallbackView._get_state) == ["self", "request", "provider"]


def test_allauth_counts_what_an_address_asks():
    """``hub/web/limits.py``: every limit of the hub, and the time a refused person is told to wait."""
    assert {"action", "key", "config", "app", "limit_get"} <= set(parameters(ratelimit.consume))
    assert {"app", "action", "config"} <= set(parameters(ratelimit.get_rates))
    (rate,) = ratelimit.get_rates(app="a", action="b", config={"b": "3/m/key"})
    assert (rate.amount, rate.duration) == (3, 60)
    request = RequestFactory().get("/")
    assert isinstance(ratelimit.get_cache_key(request, app="a", action="b", rate=rate, key="c"), str)
    assert ratelimit.truncate_ip("2001:db8:1:2:3::1").startswith("2001:db8:1:2")
    with ratelimit.cache_lock("a") as locked:
        assert locked


def test_nothing_else_is_used_of_what_libraries_keep_for_themselves():
    """A new use is named here, with a test of its own above."""
    assert _private_names() == {
        "_archive",
        "_committed",
        "_extract_references_from_object",
        "_get_new_session_key",
        "_get_state",
        "_make_hash_value",
        "_save",
        "_set_document_file_metadata",
        "_set_image_file_metadata",
        "_state",
        "_worksheet_path",
    }
    assert _internal_modules() == {
        "allauth.account.internal.flows.login",
        "allauth.account.internal.flows.login_by_code",
        "allauth.core.internal",
        "allauth.core.internal.cryptokit",
    }


@cache
def _trees() -> list[ast.Module]:
    paths = [path for app in APPS for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py"))]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths if "migrations" not in path.parts]


def _private_names() -> set[str]:
    """Private attributes of anything but ``self`` and ``cls``, where the same module does not define them."""
    documented = {"_meta", "_default_manager", "_base_manager", "_fields", "_asdict", "_replace", "_exit"}
    found: set[str] = set()
    for tree in _trees():
        used: set[str] = set()
        defined: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
                (defined if own else used).add(node.attr)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not _overrides(node):
                defined.add(node.name)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                defined.add(node.target.id)
        found |= used - defined - documented
    return found


def _overrides(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether a private method calls the one it replaces: that one is a library's."""
    called = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return any(isinstance(function, ast.Attribute) and function.attr == node.name for function in called)


def _internal_modules() -> set[str]:
    return {
        node.module
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and "internal" in node.module.split(".")
    }
