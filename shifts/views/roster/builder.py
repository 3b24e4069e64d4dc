"""The month builder: days and posts as a grid, people as chips."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from shifts.access import Access


@require_safe
def rosters(request):
    """List the sites whose roster this person may see."""
    return render(request, "roster/rosters.html", {"sites": Access.of(request.user).rostered_sites()})


@require_safe
def month(request, site, month):
    """Show one site's month."""
    site = get_object_or_404(Access.of(request.user).rostered_sites(), code=site)
    return render(request, "roster/builder.html", {"site": site, "month": month})
