from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

import hub.web.path_converters  # noqa: F401 — the converter « key »
from hub.accounts.admin import ANSWER_URL_NAME, LIST_URL_NAME, AccessRequestsView, AnswerRequestView, MembershipViewSet
from hub.accounts.models import AccessRequest
from hub.accounts.rights import DECIDE_PERMISSION
from hub.admin_menu import RightMenuItem


class AccessRequestsMenuItem(RightMenuItem):
    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        item = super().render_component(request)
        if count := AccessRequest.objects.pending().count():
            item.label = f"{self.label} ({count})"
        return item


@hooks.register("register_admin_urls")
def access_request_urls() -> list[URLPattern]:
    return [
        path("demandes-acces/", AccessRequestsView.as_view(), name=LIST_URL_NAME),
        path("demandes-acces/<key:pk>/", AnswerRequestView.as_view(), name=ANSWER_URL_NAME),
    ]


@hooks.register("register_admin_menu_item")
def access_requests_menu_item() -> MenuItem:
    return AccessRequestsMenuItem(
        "Demandes d’accès",
        reverse(LIST_URL_NAME),
        right=DECIDE_PERMISSION,
        name="access-requests",
        icon_name="user",
        order=260,
    )


@hooks.register("register_admin_viewset")
def membership_viewset() -> MembershipViewSet:
    return MembershipViewSet()


@hooks.register("register_permissions")
def account_permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="accounts", codename="change_accessrequest")
