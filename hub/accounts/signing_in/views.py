from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from allauth.account import views
from allauth.account.mixins import NextRedirectMixin
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic.edit import FormView

from hub.accounts.members import invited_address
from hub.accounts.models import User
from hub.accounts.signing_in.counting import wait_for_a_code
from hub.accounts.signing_in.forms import TOO_MANY_CODES, CodeForm, EmailForm, PasswordSignInForm
from hub.accounts.signing_in.openid import PROVIDER
from hub.accounts.signing_in.process import LinkState, SignInProcess, link_state
from hub.settings.accounts import LOGIN_CODE_SECONDS
from hub.web.limits import limited, too_many_requests

BORNE_ELSEWHERE = "Un autre compte porte déjà cette adresse. Écrivez à la Dihal, qui la rendra à celui-ci."


def _saying_whose(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Say that an administrator gave the address to another account: whoever asks has proved that she reads it."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponseBase:
        try:
            with transaction.atomic():
                return view(request)
        except IntegrityError:
            if not User.objects.filter(pk=cast("User", request.user).pk).exists():
                raise
            messages.error(request, BORNE_ELSEWHERE)
            return redirect("account_email")

    return wrapper


email = _saying_whose(views.email)
email_verification_sent = _saying_whose(views.email_verification_sent)


STATUS = {LinkState.READY: 200, LinkState.UNREADABLE: 404, LinkState.ELSEWHERE: 403}  # and gone for the others
NOTHING_ASKED = "Demandez un code : celui que vous aviez demandé a expiré, ou venait d’un autre navigateur."
ALREADY_USED = "Ce code a déjà servi. Demandez-en un nouveau."


def sign_in_address(*, next_url: str | None) -> str:
    address = reverse("account_login")
    return f"{address}?{urlencode({'next': next_url})}" if next_url else address


@method_decorator([never_cache, limited(name="sign-in")], name="dispatch")
class SignInView(NextRedirectMixin, FormView):
    """Ask for an address, and send it a code and a link. The answer is the same whoever it belongs to."""

    form_class = EmailForm
    template_name = "account/login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _lead_on(request) if request.user.is_authenticated else super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Whoever comes from an invitation need not type the address that received it."""
        return {**super().get_initial(), "email": invited_address(path=self.get_next_url() or "")}

    def form_valid(self, form: EmailForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        if wait := wait_for_a_code(request=self.request, email=email):
            return too_many_requests(self.request, retry_after=wait)
        SignInProcess.start(request=self.request, email=email, next_url=self.get_next_url())
        return redirect("account_confirm_login_code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        next_url = self.get_next_url()
        query = f"?{urlencode({'next': next_url})}" if next_url else ""
        proconnect = reverse("openid_connect_login", args=[PROVIDER]) if settings.PROCONNECT_SERVER_URL else ""
        return super().get_context_data(
            **kwargs,
            password_address=f"{reverse('account_login_password')}{query}",
            proconnect_address=proconnect and f"{proconnect}{query}",
        )


@method_decorator([never_cache, limited(name="sign-in-code")], name="dispatch")
class CodeView(FormView):
    form_class = CodeForm
    template_name = "account/confirm_login_code.html"
    process: SignInProcess

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            return _lead_on(request)
        process = SignInProcess.under_way(request=request)
        if process is None:
            messages.warning(request, NOTHING_ASKED)
            return redirect("account_login")
        self.process = process
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("action") == "resend":
            return self._send_again()
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "expected": self.process.code, "nonce": self.process.nonce}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        del form
        response = self.process.complete()
        if response is None:
            messages.error(self.request, ALREADY_USED)
            return redirect(sign_in_address(next_url=self.process.next_url))
        return response

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        if form.has_error("code", "too_many_codes"):
            self.process.abort()
            messages.error(self.request, TOO_MANY_CODES)
            return redirect(sign_in_address(next_url=self.process.next_url))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            email=self.process.email,
            minutes=LOGIN_CODE_SECONDS // 60,
            restart_address=sign_in_address(next_url=self.process.next_url),
        )

    def _send_again(self) -> HttpResponse:
        email = self.process.email
        if wait := wait_for_a_code(request=self.request, email=email):
            return too_many_requests(self.request, retry_after=wait)
        SignInProcess.start(request=self.request, email=email, next_url=self.process.next_url)
        messages.success(
            self.request, "Un nouveau courriel est parti. Le code et le lien du précédent ne servent plus."
        )
        return redirect("account_confirm_login_code")


@method_decorator([never_cache, limited(name="sign-in-code")], name="dispatch")
class LinkView(View):
    """The page of the mail's link: a button. Only pressing it signs in; opening the page changes nothing."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _lead_on(request) if request.user.is_authenticated else super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, token=token, process=SignInProcess.under_way(request=request))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        process = SignInProcess.under_way(request=request)
        if process is None or link_state(token=token, expected=process.nonce) != LinkState.READY:
            return self._page(request, token=token, process=process)
        return process.complete() or self._page(request, token=token, process=None)

    def _page(self, request: HttpRequest, *, token: str, process: SignInProcess | None) -> HttpResponse:
        state = link_state(token=token, expected=process.nonce if process else None)
        context = {"state": state.value, "email": process.email if process else "", "waits": process is not None}
        return render(request, "account/login_link.html", context, status=STATUS.get(state, 410))


@method_decorator(limited(name="password"), name="dispatch")
class PasswordSignInView(LoginView):
    form_class = PasswordSignInForm
    template_name = "account/login_password.html"

    def get_form_class(self) -> type[PasswordSignInForm]:
        return PasswordSignInForm

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> HttpResponseRedirect | None:
        """Stay here: somebody who waits for a code may prefer their password."""
        del request, stage
        return None

    def get_authenticated_redirect_url(self) -> str:
        return sign_in_address(next_url=self.get_next_url())


@never_cache
def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the one sign-in page, from the addresses Wagtail and allauth have of their own."""
    return redirect(sign_in_address(next_url=get_next_redirect_url(request) if request.method == "GET" else None))


@never_cache
def to_gestion_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead from Wagtail's own sign-in page, which knows no second factor, to ours."""
    return redirect(sign_in_address(next_url=get_next_redirect_url(request) or f"/{settings.ADMIN_PATH}"))


def _lead_on(request: HttpRequest) -> HttpResponse:
    address = get_login_redirect_url(request)
    # The admin sends back here who may not enter it: told so, instead of going round for ever.
    if address.startswith(f"/{settings.ADMIN_PATH}") and not request.user.has_perm("wagtailadmin.access_admin"):
        return render(request, "account/reserved.html", status=HTTPStatus.FORBIDDEN)
    return redirect(address)
