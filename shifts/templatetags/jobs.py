"""What the first page of the admin says about work that happens by itself."""

from django import template

from shifts import due

register = template.Library()


@register.simple_tag
def failed_jobs():
    """(label, run, what went wrong) of each job that failed last and waits to be tried again."""
    labels = due.jobs()
    return [
        (labels[run.job].label if run.job in labels else run.job, run, due.last_line(run))
        for run in due.standing_failures()
    ]
