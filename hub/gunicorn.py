"""How gunicorn serves the hub: ``gunicorn --config python:hub.gunicorn hub.wsgi``.

The operator changes what depends on the machine by environment variables (docs/exploitation.md).
"""

import os
import resource

from hub.settings.environment import comma_separated
from hub.settings.logs import logs_are_json

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
# Threads: a page waits for the database a little, and for a search engine's answer at most its time limit. They are
# handed requests that have arrived whole, so that nobody stops them by sending slowly (docs/decisions.md).
worker_class = "hub.web.serving.PatientWorker"
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_connections = 1000
# Each connection is an open file, and so is each body on its way; most systems give a service 1,024 of the thousands
# it may have.
_OPEN_FILES = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
_OPEN_FILES = 16_384 if _OPEN_FILES == resource.RLIM_INFINITY else min(_OPEN_FILES, 16_384)
resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
# An address longer than this is refused by gunicorn itself. The demonstration lifts the limit (0) and answers in
# French; on a public server, the proxy in front has a limit of its own.
limit_request_line = int(os.environ.get("WEB_REQUEST_LINE", "8190"))
limit_request_fields = 100  # headers; a browser sends some twenty, and the proxy a few more
limit_request_field_size = 8190  # bytes of one header; the session and the forms' cookies take less than 1,000
timeout = 30  # seconds without a sign from a worker; how long a sender may take is hub/web/serving.py
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# A worker gives its sign of life by touching a file: in memory, where no slow disk makes it seem dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None  # noqa: S108
# A file is sent piece by piece, each within a time: the system's own way would wait for ever for a client that stays.
sendfile = False
# Addresses or networks of the proxies that are believed, and the one thing they are believed of: whether the visitor
# came by HTTPS. (Where from is hub/web/client_address.py.) By default gunicorn would also take SCRIPT_NAME and
# PATH_INFO from headers, which a proxy lets visitors write; a name with an underscore never reaches the hub.
forwarded_allow_ips = ",".join(comma_separated(os.environ.get("TRUSTED_PROXIES", "127.0.0.1,::1")))
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""
header_map = "drop"
control_socket_disable = True  # gunicorn would open one in the account's home
errorlog = "-"
accesslog = None  # the hub writes its own line for each request, with its id and without what was searched for
logger_class = f"hub.web.logs.Gunicorn{'Json' if logs_are_json(environ=os.environ) else 'Line'}Logger"


def post_worker_init(_worker: object) -> None:
    """Load what looks at files before the first one comes (docs/fichiers.md). The hub is loaded by now."""
    from hub.files.apart import warm_up  # noqa: PLC0415 — as above

    warm_up()
