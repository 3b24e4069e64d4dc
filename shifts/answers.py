"""Answers that are the same everywhere: refusals as JSON for a program, as a sentence for htmx."""

from django.http import HttpResponse, JsonResponse

VISITS_PATH = "/desk/visits"


def wants_json(request):
    """Whether the sender reads JSON: it asks for it, or it sends JSON to the visits."""
    if "application/json" in request.headers.get("Accept", ""):
        return True
    return request.path.startswith(VISITS_PATH) and request.content_type == "application/json"


def wants_fragment(request):
    """Whether htmx asks; read from the header, as refusals come before django_htmx has looked."""
    return request.headers.get("HX-Request") == "true"


def json_refusal(status, field, sentence):
    """Return {"errors": {field: [sentence]}}, the one shape of refusals."""
    return JsonResponse({"errors": {field: [str(sentence)]}}, status=status, json_dumps_params={"ensure_ascii": False})


def text_refusal(status, sentence):
    """Return the bare sentence, for the page to show where it asked."""
    return HttpResponse(str(sentence), status=status, content_type="text/plain; charset=utf-8")
