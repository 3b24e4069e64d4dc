"""Tags of the month builder: its rows and bars, written in one go; a page has hundreds of chips."""

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe

register = template.Library()
BAR = (
    '<li><span>{name}</span><svg class="bar-row" viewBox="0 0 142 14" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="bar-track" y="3" width="142" height="8" rx="2" />'
    '<rect class="bar-done" y="3" width="{done}" height="8" rx="2" />{tick}</svg><b class="num">{count}{share}</b></li>'
)
TICK = '<rect class="bar-tick" x="{at}" width="2" height="14" />'
WEEK = (
    '<tr role="row" class="week-head"><th scope="rowgroup" role="rowheader" colspan="{columns}">'
    '<a href="{url}" data-week><strong>{title}</strong> <span>{missing}</span></a></th></tr>'
)
SHARE = '<span class="visually-hidden">, {label} {share}</span>'


@register.simple_tag
def duty_weeks(weeks, site, columns, manages, away):
    """The weeks of the grid, each a body of the table; where there are several, each with a row that folds it."""
    parts = []
    for week in weeks:
        css = " ".join(name for name, on in (("folded", week.is_folded), ("now", week.is_now)) if on)
        parts.append(f'<tbody role="rowgroup" id="week-{week.monday}" class="{css}">')
        if len(weeks) > 1:
            url = reverse("roster:week", args=[site.code, week.monday])
            parts.append(WEEK.format(columns=columns, url=url, title=escape(week.title), missing=escape(week.missing)))
        parts.append(f"{duty_rows(week.rows, manages, away)}</tbody>")
    return mark_safe("".join(parts))  # noqa: S308 rows are escaped where they are made


def duty_rows(days, manages, away):
    """The rows of `Board.days`; for who manages them each spot is a link, and leave has a column of its own, `away`."""
    chip = '<a class="{}" href="?at={}">{}</a>' if manages else '<span class="{0}">{2}</span>'
    head = '<a class="d" href="?at={}"><b>{}</b> {}</a>' if manages else '<span class="d"><b>{1}</b> {2}</span>'
    tail = f'<td role="cell" class="away" data-p="{escape(away)}">'
    parts = []
    for look, date, number, weekday, cells, on_leave in days:
        day = head.format(date, number, weekday)
        parts.append(f'<tr role="row" class="{look}"><th scope="row" role="rowheader">{day}</th>')
        for post, spots in cells:
            parts.append(f'<td role="cell" data-p="{post}"><div class="g">')
            for css, spot, words in spots:
                parts.append(chip.format(css, spot, words) if spot else f'<span class="{css}"></span>')
            parts.append("</div></td>")
        parts.append(f"{tail}{escape(on_leave)}</td></tr>" if manages else "</tr>")
    # Names of people and posts are escaped by the board, classes and spots are of its own making.
    return mark_safe("".join(parts))  # noqa: S308


@register.simple_tag
def share_bars(bars, label):
    """Rows of count and fair share; `label` names the share for who cannot see the stroke."""
    rows = [
        BAR.format(
            name=bar.name,
            done=bar.done,
            count=bar.count,
            tick=TICK.format(at=bar.tick) if bar.tick else "",
            share=SHARE.format(label=escape(label), share=bar.share) if bar.share else "",
        )
        for bar in bars
    ]
    return mark_safe("".join(rows))  # noqa: S308 names are escaped by the board, the rest are numbers
