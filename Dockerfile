# One image for the web processes, the workers and the migration; its steps are also run without an engine by
# tests/long/test_image.py.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements-build.lock requirements.lock ./
RUN python -m venv /opt/send-tracker \
    && /opt/send-tracker/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-build.lock
RUN /opt/send-tracker/bin/uv pip install --python /opt/send-tracker/bin/python --no-cache --require-hashes \
    --compile-bytecode --requirements requirements.lock
COPY pyproject.toml README.md ./
COPY app app
RUN /opt/send-tracker/bin/uv pip install --python /opt/send-tracker/bin/python --no-cache --no-deps \
    --no-build-isolation --compile-bytecode . \
    && /opt/send-tracker/bin/python -m pip uninstall --yes setuptools uv pip

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin send-tracker
COPY --from=build /opt/send-tracker /opt/send-tracker
ENV PATH="/opt/send-tracker/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["send-tracker", "serve", "--host", "0.0.0.0", "--port", "8000"]
