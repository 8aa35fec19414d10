# The one image of the Cloud Run services; ISTHMUS_ROLE says which of them it is. The same entry point and environment
# run as a local process under `isthmus up` (a test compares them).
# What is deployed is this image's own digest. The tag here names the Python that requirements/functions.txt is for.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /app
COPY requirements/functions.txt requirements/functions.txt
RUN python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements/functions.txt

COPY src/isthmus/__init__.py isthmus/__init__.py
COPY src/isthmus/core isthmus/core
COPY src/isthmus/adapters isthmus/adapters
COPY src/isthmus/archive isthmus/archive
COPY src/isthmus/functions isthmus/functions
COPY catalog catalog
RUN python -m compileall -q isthmus

USER 65532:65532
ENTRYPOINT ["python", "-m", "isthmus.functions.gcp"]
