# Dating Wizard. All processes run from this one image; compose.yaml says which does what.
#
#   docker build -t dating-wizard .
#
# PyPI's torch for Intel and AMD brings the CUDA libraries along (5 GB), which Dating Wizard does not use: it works on the
# processor alone. A package index that has torch for the processor makes an image of a third of that; docs/operations.md.
FROM python:3.11-slim-trixie

# Where torch comes from, and nothing else. Empty: PyPI.
ARG TORCH_INDEX=""

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# pg_dump and pg_restore, for backups. Every package below comes as a wheel: no compiler is needed, and none is here.
# No version: Debian removes one when it has mended it, and a pinned one could not be installed next week.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*

RUN groupadd --gid 10001 wizard \
    && useradd --uid 10001 --gid wizard --no-create-home --home-dir /data --shell /usr/sbin/nologin wizard \
    && install -d -o wizard -g wizard -m 0750 /data

WORKDIR /app

# In layers, the seldom changed and large ones first: torch, the other packages, the code.
COPY requirements.txt requirements-s3.txt constraints.txt ./
RUN grep -E '^(torch|torchvision)==' requirements.txt > /tmp/torch.txt \
    && pip install --only-binary :all: ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} --no-deps -r /tmp/torch.txt \
    && rm /tmp/torch.txt
RUN pip install --only-binary :all: -r requirements.txt -r requirements-s3.txt -c constraints.txt

COPY . .
RUN python -m compileall -q .

ENV HOST=0.0.0.0 \
    PORT=8000 \
    WIZARD_DATA_DIR=/data \
    WIZARD_WEIGHTS_DIR=/data/weights \
    WIZARD_ENV_FILE=/dev/null
USER 10001:10001
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-P", "wizard/alive.py"]

# Everything in one container, as `make run` does it: SQLite, an embedded Valkey, and a first user whose password it prints.
CMD ["python", "manage.py", "launch"]
