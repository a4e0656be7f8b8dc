"""What the disk and tantivy may do to whoever uses them, given the one name the hub knows."""

import contextlib
from collections.abc import Iterator

from search.engines.base import EngineError

_PANICS = "pyo3_runtime"  # where the exception of a Rust panic comes from; it cannot be imported


@contextlib.contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """Raise ``EngineError`` for a full disk, a folder that cannot be written, a file tantivy cannot read, a panic.

    A panic of Rust is no ``Exception`` of Python's: nothing that guards a request, or a thread, would stop it.
    """
    try:
        yield
    except (ValueError, OSError) as error:
        raise EngineError(f"the embedded search index: {doing}: {error}") from error
    except BaseException as error:
        if type(error).__module__ != _PANICS:
            raise
        raise EngineError(f"the embedded search index: {doing}: tantivy panicked: {error}") from error
