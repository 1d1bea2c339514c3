# syntax=docker/dockerfile:1
# The product without servers: PostgreSQL, Valkey, SMTP and a proxy are others (compose.yaml). See docs/deploying.md.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/undersigned/venv
COPY requirements.txt /opt/undersigned/
RUN /opt/undersigned/venv/bin/pip install --only-binary=:all: --require-hashes --requirement /opt/undersigned/requirements.txt
COPY manage.py LICENSE /opt/undersigned/app/
COPY campaigns /opt/undersigned/app/campaigns
COPY config /opt/undersigned/app/config
COPY signon /opt/undersigned/app/signon
COPY templates /opt/undersigned/app/templates
WORKDIR /opt/undersigned/app
# Settings as in production, for static files get the names that they have there; nobody is asked anything.
RUN for app in campaigns signon; do \
      ../venv/bin/pybabel -q compile -D django -d "$app/locale" || exit 1; done \
 && ../venv/bin/python -m compileall -q . \
 && DATABASE_URL=postgresql://build@127.0.0.1:1/build REDIS_URL=redis://127.0.0.1:1/0 EMAIL_URL=smtp://127.0.0.1:1 \
    ALLOWED_HOSTS=build.invalid SITE_URL=https://build.invalid STATIC_ROOT=/opt/undersigned/static \
    SECRET_KEY="$(../venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ../venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim-bookworm
RUN groupadd --system --gid 10001 undersigned \
 && useradd --system --uid 10001 --gid undersigned --home-dir /srv/undersigned --create-home undersigned
COPY --from=build /opt/undersigned /opt/undersigned
ENV PATH=/opt/undersigned/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    STATIC_ROOT=/opt/undersigned/static \
    UNDERSIGNED_VAR=/srv/undersigned
WORKDIR /opt/undersigned/app
# A number, which a host can tell from root.
USER 10001:10001
VOLUME ["/srv/undersigned"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", \
     "--http", "1", "--no-ws", "--log-level", "warning", "config.wsgi:application"]
