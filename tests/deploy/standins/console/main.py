"""The stand-in's API."""

from tests.deploy.standins.web import serve


def run() -> None:
    serve()
