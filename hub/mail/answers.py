"""What a mail server's answer means for the mail, and for the others behind it."""

from email.errors import MessageError
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

PERMANENT = 500  # from here on, an answer of a mail server is final (RFC 5321, 4.2.1)
TOO_BUSY = 421  # the server closes the connection: it is not about the mail

# What handing a mail over may raise. An address or a text that no mail can be written with is a ``ValueError``.
FAILURES = (OSError, ValueError, MessageError)

_ABOUT_THE_SERVER = (SMTPAuthenticationError, SMTPConnectError, SMTPHeloError, SMTPServerDisconnected)


class ServerError(Exception):
    """The mail server does not work: no other mail would leave now."""


class RefusedError(Exception):
    """One mail did not leave; ``is_final`` when trying again is of no use."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


def verdict_on(error: Exception) -> ServerError | RefusedError:
    """Return what one of ``FAILURES`` means, with a reason that an operator can read."""
    if isinstance(error, SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return RefusedError(_answer(code, answer), is_final=code >= PERMANENT)
    code = error.smtp_code if isinstance(error, SMTPResponseException) else 0
    if isinstance(error, _ABOUT_THE_SERVER) or code == TOO_BUSY:
        return ServerError(said(error))
    if isinstance(error, SMTPException):
        # A sender or a command refused is our configuration: it may be mended. A content refused is for good.
        return RefusedError(said(error), is_final=isinstance(error, SMTPDataError) and code >= PERMANENT)
    if isinstance(error, OSError):
        return ServerError(said(error))
    return RefusedError(f"adresse ou texte impossible à envoyer : {error}", is_final=True)


def said(error: Exception) -> str:
    """Return what went wrong with the server, to be read by an operator."""
    if isinstance(error, SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError) or "timed out" in str(error):  # smtplib keeps only the words of the latter
        return "le serveur d’envoi n’a pas répondu à temps"
    if isinstance(error, ConnectionRefusedError):
        return "le serveur d’envoi refuse la connexion"
    return f"serveur d’envoi : {error or type(error).__name__}"


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text
    return f"réponse {code} du serveur d’envoi : {' '.join(words.split())}"
