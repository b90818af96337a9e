"""The web server. Threads, since sync workers hang on a browser's idle connections."""

import gc
import os
import socket  # noqa: TID251 - an option of the listener; nothing is connected to

bind = [f"127.0.0.1:{os.environ.get('PORT', '8000')}"]
wsgi_app = "aichina.wsgi"
worker_class = "aichina.web.Worker"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "16"))
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = (
    8190  # as much as proxies let through: a search of 200 Chinese characters takes half of that
)
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"


def on_starting(server):
    """Refuse to start as the database's owner, on servers that are too old, or without the files of the pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aichina.settings")
    import django

    django.setup()
    from django.db import connections

    from aichina.servers import refuse_to_start, refuse_without_files

    refuse_to_start()
    refuse_without_files()
    connections.close_all()


def post_worker_init(worker):
    """All addresses and views are loaded before anybody asks (the first to ask waited twice as long).

    What is loaded now stays; the collector need not look at it again (p99 43 → 12 ms, measured).
    """
    from django.urls import reverse

    from syndication.waiting import room

    reverse("openapi")
    gc.collect()
    gc.freeze()
    room.closing = lambda: not worker.alive
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Whoever does not take its answer for a minute is cut off; else it would keep a thread for ever.
        for listener in worker.sockets:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000)
