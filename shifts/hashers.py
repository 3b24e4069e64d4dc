"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class TunedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id at OWASP's minimum (19 MiB, 2 passes, 1 lane).

    Django's default takes 100 MiB and about 160 ms for each login. The server is an old office machine, and at 7:30 the
    whole team logs in at once: 25 times 100 MiB would push the database out of memory.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1
