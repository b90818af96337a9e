"""The peers' web server: the process model of ours (gunicorn.conf.py)."""

import gc
import os

bind = [f"127.0.0.1:{os.environ['PORT']}"]
wsgi_app = "django.core.wsgi:get_wsgi_application()"
worker_class = "gthread"
workers = int(os.environ["WEB_WORKERS"])
threads = int(os.environ["WEB_THREADS"])
keepalive = 5
control_socket_disable = True


def post_worker_init(worker):
    gc.collect()
    gc.freeze()
