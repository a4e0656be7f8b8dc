"""Run a server as another user, on a machine whose temporary folder that user may not write in."""

import os
import pwd
import stat
import tempfile
from pathlib import Path

from .errors import ServerError
from .processes import as_user

# Java's own, whatever TMPDIR says.
TEMPORARY = Path("/tmp")  # noqa: S108


def protected_command(*, command: list[str], user: pwd.struct_passwd | None, private: Path) -> list[str]:
    """Return what runs a command of Java's as that user, with a temporary folder it can write in.

    Args:
        command: the program and its arguments.
        user: who runs it; None when this process is not root's and does not change user.
        private: a folder of that user's, put in the place of the machine's temporary folder, for that command alone,
            when the machine's is closed to that user.

    Raises:
        ServerError: the machine's is closed, and ``private`` could not take its place.
    """
    if user is None:
        if not os.access(TEMPORARY, os.W_OK):
            raise ServerError(f"Le dossier {TEMPORARY} doit être ouvert en écriture : Java en a besoin.")
        return command
    if TEMPORARY.stat().st_mode & stat.S_IWOTH:
        return [*as_user(user), *command]
    if private.resolve().is_relative_to(TEMPORARY.resolve()):
        raise ServerError(f"Le dossier du serveur ({private}) ne peut pas être dans {tempfile.gettempdir()}.")
    mount = f'mount --bind "$0" {TEMPORARY} && exec "$@"'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, str(private), *as_user(user), *command]
