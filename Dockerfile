# The Mini App
FROM node:20-slim AS webapp
WORKDIR /app/webapp
COPY webapp/package.json webapp/package-lock.json webapp/.npmrc ./
RUN npm ci
COPY webapp/ ./
RUN npm run build

# The locked packages, apart from the code so that a change of code does not install them anew
FROM python:3.11-slim AS packages
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin operator
WORKDIR /app
COPY --from=packages /venv /venv
COPY locales/ locales/
RUN /venv/bin/pybabel --quiet compile --directory locales
COPY pyproject.toml ./
COPY api/ api/
COPY bot/ bot/
COPY cli/ cli/
COPY connectors/ connectors/
COPY core/ core/
COPY migrations/ migrations/
COPY --from=webapp /app/webapp/dist webapp/dist
RUN mkdir -p /var/lib/sales-operator && chown operator /var/lib/sales-operator
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/sales-operator
USER operator
ENTRYPOINT ["python", "-m", "cli.main"]
CMD ["--help"]
