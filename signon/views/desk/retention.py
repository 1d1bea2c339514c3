"""What was erased because its time was over, day by day, and what is due."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from signon.models import Erasure, Sweep, SweepTime
from signon.privacy import due, erasures_file
from signon.views.staff import staff_with

MOST = 500


@require_safe
@staff_with("signon.view_retention")
def retention(request: HttpRequest) -> HttpResponse:
    runs = Sweep.objects.all()[:MOST]
    last, soon = dict(SweepTime.objects.values_list("what", "at")), due.soon()
    kinds = [(label, last.get(what), soon.get(what)) for what, label in Sweep.What.choices]
    days = [(day, list(of_day)) for day, of_day in groupby(runs, key=lambda one: one.at.date())]
    page = {"days": days, "kinds": kinds, "erasures": Erasure.objects.count(), "newest": Erasure.objects.first()}
    page["unwritten"] = erasures_file.unwritten()
    return render(request, "desk/retention.html", page)
