"""The project's settings, and the peers' applications."""

from aichina.settings import *  # noqa: F403  a settings module is made of the other, not of django.conf
from aichina.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "simple_history", "reversion", "benchmarks.peers"]
