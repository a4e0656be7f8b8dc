import re
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permission_policies import ModelPermissionPolicy

from hub.admin_menu import RightMenuItem
from hub.mail.delivery import deliver_after_commit, retry_given_up
from hub.mail.models import OutgoingMail
from hub.mail.status import LISTED, mail_status

PERMISSION = "mail.change_outgoingmail"
URL_NAME = "mail-report"
_MAIL_ID = re.compile(r"[0-9]{1,18}")


class MailReportView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "mail/admin/report.html"
    page_title = "Courriels"
    header_icon = "mail"
    permission_policy = ModelPermissionPolicy(OutgoingMail)
    permission_required = "change"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(status=mail_status(), listed=LISTED, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del args, kwargs
        mail_id = request.POST.get("courriel", "")
        if request.POST.get("action") == "retry" and (not mail_id or _MAIL_ID.fullmatch(mail_id)):
            count = retry_given_up(pks=[int(mail_id)] if mail_id else None)
            deliver_after_commit()
            messages.success(request, f"{count} courriel(s) seront réessayés dans un instant.")
        else:
            messages.error(request, "Rien n’a été fait : l’action demandée est inconnue.")
        return redirect(reverse(URL_NAME))


@hooks.register("register_admin_urls")
def register_mail_report_url() -> list[URLPattern]:
    return [path("rapports/courriels/", MailReportView.as_view(), name=URL_NAME)]


@hooks.register("register_reports_menu_item")
def register_mail_report_menu_item() -> MenuItem:
    return RightMenuItem(
        "Courriels", reverse(URL_NAME), right=PERMISSION, name="mail-report", icon_name="mail", order=1310
    )


@hooks.register("register_permissions")
def register_mail_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="mail", codename="change_outgoingmail")
