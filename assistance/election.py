"""Which dossier counts, where several visits helped with the same dossier code.

A code counts once: for its earliest surviving submission, and for its earliest surviving result.
Dossiers without a code count each.
"""

from assistance.models import Dossier


def may_count(dossier) -> bool:
    """Whether a dossier can count as submitted: it was, at a level that counts, and its visit survives."""
    return bool(
        dossier.outcome == "submitted" and dossier.level.counts_as and dossier.visit.undone_at is None
    )


def elect(dossiers) -> None:
    """Set and save the counted marks among dossiers of one code (or one without a code).

    Marks are taken away before they are given: the database allows one of each per code.
    """
    dossiers = list(dossiers)
    candidates = [dossier for dossier in dossiers if may_count(dossier)]
    results = [dossier for dossier in candidates if dossier.state == "returned"]
    first = min(candidates, key=lambda dossier: (dossier.submitted_at, dossier.pk), default=None)
    first_result = min(results, key=lambda dossier: (dossier.returned_at, dossier.pk), default=None)
    changed = []
    for dossier in dossiers:
        marks = (dossier is first, dossier is first_result)
        if marks != (dossier.counts_submission, dossier.counts_result):
            dossier.counts_submission, dossier.counts_result = marks
            changed.append(dossier)
    if not changed:
        return
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in changed]).update(
        counts_submission=False, counts_result=False
    )
    for dossier in changed:
        if dossier.counts_submission or dossier.counts_result:
            # Not updated_at: being counted is no news of the dossier, and its code's time to be kept runs on.
            dossier.save(update_fields=["counts_submission", "counts_result"])


def elect_everywhere() -> None:
    """Elect among all dossiers: those without a code one by one, the others by their code."""
    everyone = Dossier.objects.select_related("visit", "level")
    Dossier.objects.update(counts_submission=False, counts_result=False)
    group, digest = [], None
    singles = []
    for dossier in everyone.order_by("code_digest", "pk").iterator(chunk_size=2000):
        if dossier.code_digest == "":
            if may_count(dossier):
                dossier.counts_submission = True
                dossier.counts_result = dossier.state == "returned"
                singles.append(dossier)
            continue
        if dossier.code_digest != digest:
            elect(group)
            group, digest = [], dossier.code_digest
        group.append(dossier)
    elect(group)
    Dossier.objects.bulk_update(singles, ["counts_submission", "counts_result"], batch_size=500)
