"""Files on a disk that may fill: whole, or not there at all."""

import errno
import os
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.core.files.storage import FileSystemStorage

# A disk, or what one may write on it, is at its end.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FULL = "Le hub n’a plus de place pour garder ce fichier : la panne est signalée, réessayez plus tard."


def is_out_of_room(*, error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _NO_ROOM


class WholeFileStorage(FileSystemStorage):
    """Writes each file beside its place, and puts it there once it is whole."""

    def _save(self, name: str, content: Any) -> str:
        beside = f"{name}.{token_hex(8)}.partial"
        try:
            whole = Path(self.path(super()._save(beside, content)))  # type: ignore[misc]  # the stubs leave it out
        except BaseException:  # whatever stopped it: nothing of it stays
            Path(self.path(beside)).unlink(missing_ok=True)
            raise
        while True:
            place = Path(self.path(name))
            try:
                os.close(os.open(place, os.O_CREAT | os.O_EXCL))
            except FileExistsError:  # taken meanwhile
                name = self.get_available_name(name)
                continue
            whole.replace(place)
            return name.replace("\\", "/")
