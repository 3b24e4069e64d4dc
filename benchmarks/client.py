"""Calls a WSGI handler as a logged-in browser would, with real sessions and real CSRF checks, and takes the time."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.test import Client, RequestFactory

CSRF_SECRET = "b" * 32
BACKEND = "shifts.backends.UsernameOrPhoneBackend"


@dataclass
class Answer:
    """What came back, and how long the handler took for it."""

    status: int
    headers: dict
    body: bytes
    seconds: float


class Browser:
    """One person's cookies."""

    def __init__(self, person):
        client = Client()
        client.force_login(person, backend=BACKEND)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF_SECRET}"

    def get(self, handler, path, **headers):
        return self._call(handler, RequestFactory().get(path, **self._headers(headers)).environ)

    def post(self, handler, path, body, **headers):
        headers = {"HTTP_X_CSRFTOKEN": CSRF_SECRET, "HTTP_ACCEPT": "application/json", **headers}
        request = RequestFactory().post(path, body, content_type="application/json", **self._headers(headers))
        return self._call(handler, request.environ)

    def _headers(self, more):
        return {"HTTP_COOKIE": self.cookie, "HTTP_ACCEPT_ENCODING": "gzip, br", "HTTP_HOST": "127.0.0.1", **more}

    @staticmethod
    def _call(handler, environ):
        heard = {}

        def start_response(status, headers, exc_info=None):
            heard.update(status=int(status.split()[0]), headers=dict(headers))

        start = time.perf_counter()
        response = handler(environ, start_response)
        body = b"".join(response)
        response.close()
        seconds = time.perf_counter() - start
        return Answer(heard["status"], heard["headers"], body, seconds)
