FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/collected

WORKDIR /app

# Before the code, so that a change of code does not install everything again.
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY . .

# Compiled once here instead of at every start. Static files belong to the image, not to the data.
RUN python -m compileall -q aisrace articles comments experts \
    && DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -r /tmp/build \
    && useradd --system --uid 10001 --user-group --no-create-home aisrace \
    && install --directory --owner aisrace /data /data/media

USER aisrace
VOLUME /data
EXPOSE 8000

# Stops listening when it is told to end, and answers what it has taken; what hangs is ended after half a minute. Every
# request comes by a connection of its own, as deploy/nginx sends them.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--http", "1", "--no-ws", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "30s", "aisrace.wsgi:application"]
