from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hub.mail.delivery import one_pass, retry_given_up
from hub.mail.status import LISTED, mail_status


class Command(BaseCommand):
    """``send_mails [--status] [--retry [N …]]`` (docs/courriels.md)."""

    help = "Envoie les courriels en attente."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--status", action="store_true", help="Montre ce qui attend, sans rien envoyer.")
        parser.add_argument(
            "--retry",
            nargs="*",
            type=int,
            metavar="NUMÉRO",
            help="Réessaie les courriels abandonnés : tous, ou ceux dont les numéros suivent.",
        )

    def handle(self, *, status: bool, retry: list[int] | None, **_options: Any) -> None:
        if status:
            self._print_status()
            return
        if retry is not None:
            self.stdout.write(f"{retry_given_up(pks=retry or None)} courriel(s) abandonné(s) à réessayer.")
        if not one_pass(say=self.stdout.write, complain=self.stderr.write):
            raise CommandError("Tout n’a pas pu être envoyé ; voyez « send_mails --status ».")

    def _print_status(self) -> None:
        found = mail_status()
        say = self.stdout.write
        say(f"en attente : {found['waiting_count']} (le plus ancien : {_moment(found['oldest'])})")
        for mail in found["failing"]:
            say(f"  {mail.pk} : {mail.attempts} essai(s), prochain {_moment(mail.next_attempt_at)} : {mail.last_error}")
        say(f"abandonnés : {found['given_up_count']}")
        for mail in found["given_up"]:
            say(f"  {mail.pk} : {_moment(mail.given_up_at)} : {mail.last_error}")
        if max(len(found["failing"]), len(found["given_up"])) == LISTED:
            say(f"  ({LISTED} de chaque au plus)")
        say(f"dernier envoi : {_moment(found['last_sent'])}")


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M:%S") if value else "jamais"
