"""How gunicorn serves the hub: ``gunicorn --config python:hub.gunicorn hub.wsgi``.

The operator changes what depends on the machine by environment variables (docs/exploitation.md).
"""

import os

from hub.settings.environment import comma_separated
from hub.settings.logs import logs_are_json

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
# Threads: a page waits for the database a little, and for a search engine's answer at most its time limit.
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
# An address longer than this is refused by gunicorn itself, in English. The demonstration lifts the limit (0) and
# answers in French; on a public server, the proxy in front has a limit of its own.
limit_request_line = int(os.environ.get("WEB_REQUEST_LINE", "8190"))
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# Addresses or networks whose X-Forwarded-Proto is believed.
forwarded_allow_ips = ",".join(comma_separated(os.environ.get("TRUSTED_PROXIES", "127.0.0.1,::1")))


def post_worker_init(_worker: object) -> None:
    """Load what looks at files before the first one comes (docs/fichiers.md). The hub is loaded by now."""
    from hub.files.apart import warm_up  # noqa: PLC0415 — as above

    warm_up()


control_socket_disable = True  # gunicorn would open one in the account's home
errorlog = "-"
accesslog = None  # the hub writes its own line for each request, with its id and without what was searched for
logger_class = f"hub.gunicorn_logs.Gunicorn{'Json' if logs_are_json(environ=os.environ) else 'Line'}Logger"
