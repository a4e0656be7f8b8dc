"""gunicorn's own records, in the form of the hub's (gunicorn sets its logs up before Django is there)."""

import logging

from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from hub.logs import JsonFormatter, LineFormatter, QueryStringFilter, RequestIdFilter


class GunicornJsonLogger(Logger):
    """One JSON object a line."""

    formatter: type[logging.Formatter] = JsonFormatter

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(self.formatter())
            handler.addFilter(RequestIdFilter())
            handler.addFilter(QueryStringFilter())


class GunicornLineLogger(GunicornJsonLogger):
    """Lines to read."""

    formatter = LineFormatter
