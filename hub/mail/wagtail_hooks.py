from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from hub.admin_menu import RightMenuItem
from hub.mail.admin_report import PERMISSION, URL_NAME, MailReportView


@hooks.register("register_admin_urls")
def register_mail_report_url() -> list[URLPattern]:
    """The report on the mails."""
    return [path("rapports/courriels/", MailReportView.as_view(), name=URL_NAME)]


@hooks.register("register_reports_menu_item")
def register_mail_report_menu_item() -> MenuItem:
    """The way to it, under the reports."""
    return RightMenuItem(
        "Courriels", reverse(URL_NAME), right=PERMISSION, name="mail-report", icon_name="mail", order=1310
    )


@hooks.register("register_permissions")
def register_mail_permission() -> QuerySet[Permission]:
    """Let an administrator give it to a group."""
    app_label, codename = PERMISSION.split(".")
    return Permission.objects.filter(content_type__app_label=app_label, codename=codename)
