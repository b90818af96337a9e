"""A typed client of the AI in China tracker's API: everything public, its history, and every change, once."""

from aichina_client.asynchronous import AsyncClient
from aichina_client.problems import Damaged, Gone, Problem, Unreachable
from aichina_client.synchronous import Client

__all__ = ["AsyncClient", "Client", "Damaged", "Gone", "Problem", "Unreachable"]
