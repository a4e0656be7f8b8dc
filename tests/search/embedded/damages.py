"""What may happen to the files of an index: a disk that fails, a person, a restored backup."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

GARBAGE = b"\x00\xffgarbage" * 64


def generation_in(folder: Path) -> Path:
    """Return the folder of the generation in use."""
    return folder / (folder / "current").read_text().strip()


def largest(folder: Path, suffix: str) -> Path:
    """Return the largest file of a kind in the index in use."""
    return max(generation_in(folder).glob(f"*{suffix}"), key=lambda path: path.stat().st_size)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def alter(path: Path) -> None:
    """Change bytes in the middle, in place: the size stays what it was."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in range(size // 4, size // 4 + max(1, size // 8)):
            file.seek(place)
            byte = file.read(1)
            file.seek(place)
            file.write(bytes([byte[0] ^ 0x5A]))


def delete(path: Path) -> None:
    path.unlink()


def overwrite(path: Path) -> None:
    path.write_bytes(GARBAGE)


def make_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_another(path: Path) -> None:
    """Put another file of the same index, sound in itself, in its place."""
    other = next(
        found
        for found in sorted(path.parent.glob("*.*"))
        if found.suffix != path.suffix and found.suffix in {".pos", ".idx"}
    )
    shutil.copy(other, path)


def _of_kind(suffix: str, damage: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: damage(largest(folder, suffix))


def _of_file(name: str, damage: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: damage(generation_in(folder) / name)


def _no_segment(folder: Path) -> None:
    """A ``meta.json`` that can be read, and says that there is nothing."""
    path = generation_in(folder) / "meta.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "segments": []}))


def _folder_emptied(folder: Path) -> None:
    for path in generation_in(folder).iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _folder_replaced(folder: Path) -> None:
    generation = generation_in(folder)
    shutil.rmtree(generation)
    generation.write_bytes(GARBAGE)


def _pointer(damage: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: damage(folder / "current")


# By the files they touch; each takes the folder of the index.
DAMAGES: dict[str, Callable[[Path], None]] = {
    "terms truncated": _of_kind(".term", truncate),
    "terms altered": _of_kind(".term", alter),
    "store truncated": _of_kind(".store", truncate),
    "store altered": _of_kind(".store", alter),
    "postings emptied": _of_kind(".idx", empty),
    "positions overwritten": _of_kind(".pos", overwrite),
    "columns truncated": _of_kind(".fast", truncate),
    "columns deleted": _of_kind(".fast", delete),
    "norms made a folder": _of_kind(".fieldnorm", make_a_folder),
    "meta.json truncated": _of_file("meta.json", truncate),
    "meta.json without a segment": _of_file("meta.json", lambda path: _no_segment(path.parent.parent)),
    "pointer overwritten": _pointer(overwrite),
    # Beyond the twelve that the production check goes through.
    "store replaced by another": _of_kind(".store", replace_by_another),
    "managed files altered": _of_file(".managed.json", overwrite),
    "fields.json altered": _of_file("fields.json", alter),
    "seal deleted": _of_file("seal.json", delete),
    "seal altered": _of_file("seal.json", alter),
    "pointer emptied": _pointer(empty),
    "pointer made a folder": _pointer(make_a_folder),
    "moments altered": _of_file("moments/meta.json", overwrite),
    "moments deleted": _of_file("moments", shutil.rmtree),
    "folder emptied": _folder_emptied,
    "folder replaced by a file": _folder_replaced,
    "all truncated": lambda folder: [truncate(path) for path in generation_in(folder).glob("*.*")] and None,
}
TWELVE = tuple(DAMAGES)[:12]
