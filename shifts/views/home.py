"""The landing page."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from shifts.access import Access


@require_safe
def home(request):
    """Send each person to the page of their role; who has none of their own yet sees what is here."""
    access = Access.of(request.user)
    if access.home_name != "home":
        return redirect(access.home_name)
    return render(request, "shifts/home.html", {"access": access, "units": access.roots()})
