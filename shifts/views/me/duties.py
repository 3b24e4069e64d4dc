"""My duties: the next one on top, then a list."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shifts.access import Access


@require_safe
def duties(request):
    """Show a member their duties; anybody else has none: 404."""
    if not Access.of(request.user).is_member:
        raise Http404
    return render(request, "me/duties.html")
