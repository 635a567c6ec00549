# Two images, of Debian's packages and pip's alone: `app` for the dashboard and the worker,
# `database` for PostgreSQL. compose.yaml puts them together, docs/operating.md says how.
FROM debian:bookworm-slim AS debian
ARG DEBIAN_FRONTEND=noninteractive

FROM debian AS packages
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/venv
COPY requirements.txt /opt/
RUN /opt/venv/bin/python -m pip install --no-cache-dir --require-hashes -r /opt/requirements.txt

FROM debian AS app
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl python3 \
    && rm -rf /var/lib/apt/lists/*
# Its numbers are fixed: volumes keep them from one image to the next.
RUN groupadd --gid 10001 reimbursement \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin \
        reimbursement \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/reimbursement
COPY LICENSE NOTICE app.py asgi.py ./
COPY .streamlit/ .streamlit/
COPY components/ components/
COPY pages/ pages/
COPY server/ server/
COPY sample/ sample/
COPY services/ services/
COPY static/ static/
COPY wording/ wording/
# The code belongs to root, who does not run it; so what is compiled is compiled here.
RUN /opt/venv/bin/python -m compileall -q /srv/reimbursement
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIRECTORY=/data \
    HOST=0.0.0.0 \
    PORT=8501
USER 10001:10001
VOLUME /data
EXPOSE 8501
# Whether it can serve: a page's own readiness, which asks the database as well.
HEALTHCHECK --start-period=60s --interval=10s --timeout=8s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "--noproxy", "*", "http://127.0.0.1:8501/api/ready"]
CMD ["python", "asgi.py"]

FROM debian AS database
# Its numbers are fixed, too, before Debian's package would take any that is free. Debian makes a
# cluster as it installs the server; ours is made at the first start, in the volume.
RUN groupadd --gid 10002 postgres \
    && useradd --uid 10002 --gid 10002 --home-dir /var/lib/postgresql --no-create-home postgres
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-15 \
    && pg_dropcluster 15 main \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/database.sh /usr/local/bin/database
ENV PATH=/usr/lib/postgresql/15/bin:$PATH
USER postgres
VOLUME /var/lib/postgresql
EXPOSE 5432
# Fast: what is under way ends, nothing waits for who is connected.
STOPSIGNAL SIGINT
HEALTHCHECK --start-period=60s --interval=5s --timeout=5s --retries=6 \
    CMD ["pg_isready", "--quiet", "--host=127.0.0.1", "--dbname=reimbursement"]
CMD ["database"]
