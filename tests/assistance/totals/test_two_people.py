"""Two people send the same week at once; a desk saves meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from assistance.models import UnitTotal, UnitTotalChange
from assistance.recount import differences
from assistance.totals import TotalStale, save_total
from shifts.models import Unit

from .test_excess import WEEK, ago, line, visit

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_is_stored_and_the_other_is_told(w):
    start = threading.Barrier(2)

    def send(user, reached):
        try:
            start.wait(10)
            save_total(unit=w.commune, period=WEEK, by=user, numbers={"reached": reached}, version=0)
            return "stored"
        except TotalStale as error:
            return str(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = [job.result(60) for job in [pool.submit(send, w.donvi, 5), pool.submit(send, w.donvi2, 9)]]
    assert answers.count("stored") == 1
    assert any("đã lưu số liệu của kỳ này" in answer or "vừa gửi" in answer for answer in answers)
    assert UnitTotal.objects.get().reached == (5 if answers[0] == "stored" else 9)
    assert UnitTotalChange.objects.count() == 1


def test_a_desk_does_not_wait_for_a_total_of_its_unit(w):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time anyway")
    saved = threading.Event()

    def desk():
        try:
            visit(w, ago(minutes=1))
            saved.set()
        finally:
            connections.close_all()

    with transaction.atomic():
        save_total(unit=w.province, period=WEEK, by=None, numbers={"reached": 3})
        list(Unit.objects.select_for_update(no_key=True).filter(pk=w.province.pk))
        thread = threading.Thread(target=desk)
        thread.start()
        assert saved.wait(30)  # within the open transaction of the total
    thread.join(30)
    assert line("reached")[2] == 3
    assert differences()[1] == []
