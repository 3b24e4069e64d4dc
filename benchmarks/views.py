"""The bare views: what Django can do at best, with session, CSRF and login as the desk has them."""

import json

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from .models import BareRow
from .recorded import Recorded

recorded = Recorded()


@require_POST
@login_required
def insert_one_row(request):
    """One row, by the ORM, in a transaction."""
    body = json.loads(request.body)
    with transaction.atomic():
        row = BareRow.objects.create(
            audience=body["audience"],
            activities=",".join(body["activities"]),
            procedure=body["procedure"],
            account=body["account"],
            made_by=request.user.pk,
        )
    return JsonResponse({"id": row.pk}, status=201)


@require_POST
@login_required
def desk_sql_only(request):
    """The statements that the desk writes for a visit, replayed as they are for a new id: no ORM, no rules."""
    body = json.loads(request.body)
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, parameters in recorded.statements_for(body["id"]):
            cursor.execute(sql, parameters)
    return JsonResponse({"id": body["id"]}, status=201)


@login_required
def thirty_rows(request):
    """A page of the last 30 rows."""
    return render(request, "benchmarks/rows.html", {"rows": BareRow.objects.order_by("-pk")[:30]})
