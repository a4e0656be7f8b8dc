# The hub in a container: the same image is the web server, the worker and the release step (see compose.yaml).
# Built from the repository: docker build --tag hub .

FROM python:3.11.14-slim-bookworm AS builder

ENV PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9

WORKDIR /srv/hub/app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups

COPY . .
# Needs no database, no secret and no network: the settings of the demonstration name the same files.
RUN HUB_VAR_DIR=/srv/hub/build DJANGO_SETTINGS_MODULE=hub.settings.demo \
      .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && mv /srv/hub/build/static /srv/hub/static \
    && rm -rf /srv/hub/build


FROM python:3.11.14-slim-bookworm

# What a volume is mounted on belongs to the account, which a new volume then takes over.
RUN groupadd --system --gid 10001 hub \
    && useradd --system --uid 10001 --gid hub --home-dir /srv/hub --no-create-home --shell /usr/sbin/nologin hub \
    && install -d -o hub -g hub /srv/hub/var /srv/hub/var/media \
    && install -d -o hub -g root -m 2750 /srv/hub/certificates /srv/hub/authority

COPY --from=builder /srv/hub/static /srv/hub/static
COPY --from=builder /srv/hub/app /srv/hub/app

ENV PATH=/srv/hub/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=hub.settings.production \
    HUB_VAR_DIR=/srv/hub/var \
    STATIC_ROOT=/srv/hub/static \
    BIND=0.0.0.0:8000
WORKDIR /srv/hub/app
USER 10001:10001
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "hub/deploy/ask_health.py", "/sante/vif"]
CMD ["gunicorn", "--config", "python:hub.gunicorn", "hub.wsgi"]
