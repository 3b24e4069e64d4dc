"""Listens to the statements of one real save, to play them again for other visits."""

import uuid

from django.db import connection

WRITES = ("INSERT", "UPDATE", "DELETE")


class Recorded:
    """The writes of one save, and the visit they were for."""

    def __init__(self):
        self.statements, self.visit_id = [], None

    def listen(self, visit_id):
        """Return a context in which the writes are noted down as those of this visit."""
        self.statements, self.visit_id = [], uuid.UUID(visit_id)
        return connection.execute_wrapper(self._note)

    def _note(self, execute, sql, parameters, many, context):
        # The session is no part of the desk's own SQL; the bare view has its own.
        if sql.lstrip().startswith(WRITES) and "django_session" not in sql:
            self.statements.append((sql, list(parameters or [])))
        return execute(sql, parameters, many, context)

    def statements_for(self, visit_id):
        """Yield the statements with another visit's id in the place of the recorded one."""
        new = uuid.UUID(visit_id)
        # SQLite takes the key as 32 hexadecimal digits, PostgreSQL as a UUID; a digest is neither.
        places = {self.visit_id: new, self.visit_id.hex: new.hex, str(self.visit_id): str(new)}
        for sql, parameters in self.statements:
            yield sql, [_placed(value, places) for value in parameters]


def _placed(value, places):
    # PostgreSQL takes a bulk insert as one list for each column.
    if isinstance(value, (list, tuple)):
        return [_placed(item, places) for item in value]
    return places.get(value, value)
