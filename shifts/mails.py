"""Notices by e-mail: one message a person for all that is new, marked as sent only once it was."""

import datetime
import logging
from collections import defaultdict
from smtplib import SMTPRecipientsRefused

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shifts.models import Notice

logger = logging.getLogger(__name__)

WAITS_MINUTES = 2
LATE_AFTER = datetime.timedelta(days=1)
GIVEN_UP_AFTER = datetime.timedelta(days=7)
# Longer than any sending takes: by then whoever began it is dead, and it is begun again.
BEGUN_AGAIN_AFTER = datetime.timedelta(minutes=15)
PEOPLE_AT_A_TIME = 200
SUBJECT_LETTERS = 110


def mail_notices(at: datetime.datetime) -> str:
    """Send each person what they were told and have not read, once it is two minutes old; return what was done.

    What could not be sent for more than a day still goes out, under a heading that says so; after a week no more.
    Raises what the mail server raised: nothing is marked then, and the next call sends it. An address that the server
    refuses stops nobody else.
    """
    sent, refused = 0, []
    people = _people_waiting(at)
    if not people:
        return _("Không có thư nào chờ gửi.")
    connection = get_connection()
    connection.open()
    try:
        for person in people:
            notices = _begin(person, at)
            if not notices:
                continue
            try:
                connection.send_messages([_message(notices, at, connection)])
            except SMTPRecipientsRefused:
                refused.append(notices[0].user.username)
                continue
            except Exception:
                Notice.objects.filter(pk__in=[row.pk for row in notices]).update(mail_begun_at=None)
                raise
            Notice.objects.filter(pk__in=[row.pk for row in notices]).update(mailed_at=at)
            sent += 1
    finally:
        connection.close()
    words = ngettext("Đã gửi %(count)d thư.", "Đã gửi %(count)d thư.", sent) % {"count": sent}
    if refused:
        logger.warning("Máy chủ thư không nhận địa chỉ của: %s", ", ".join(refused))
        words += " " + _("Địa chỉ bị từ chối: {names}.").format(names=", ".join(refused))
    return words


def _waiting(at):
    """Notices to mail: unread, two minutes to a week old, not begun by anybody alive."""
    return Notice.objects.filter(
        Q(mail_begun_at__isnull=True) | Q(mail_begun_at__lte=at - BEGUN_AGAIN_AFTER),
        mailed_at__isnull=True,
        read_at__isnull=True,
        made_at__lte=at - datetime.timedelta(minutes=WAITS_MINUTES),
        made_at__gt=at - GIVEN_UP_AFTER,
        user__is_active=True,
    ).exclude(user__email="")


def _people_waiting(at):
    """Keys of the people who wait for a mail, those who wait longest first."""
    waiting = defaultdict(list)
    for user, made_at in _waiting(at).order_by("made_at", "pk").values_list("user_id", "made_at"):
        waiting[user].append(made_at)
    return list(waiting)[:PEOPLE_AT_A_TIME]


@transaction.atomic
def _begin(person, at):
    """Return this person's notices, now ours: who comes at the same time finds them begun.

    The lock is held for this moment only, never while the mail server answers: on SQLite the desks would wait for it.
    """
    rows = _waiting(at).filter(user=person).select_related("user").order_by("made_at", "pk")
    rows = list(rows.select_for_update(of=("self",)))
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mail_begun_at=at)
    return rows


def _message(notices, at, connection):
    user = notices[0].user
    context = {
        "user": user,
        "new": [_line(row) for row in notices if row.made_at > at - LATE_AFTER],
        "late": [_line(row) for row in notices if row.made_at <= at - LATE_AFTER],
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=_subject(notices),
        body=render_to_string("mail/notices.txt", context),
        to=[user.email],
        connection=connection,
    )
    letter = render_to_string("mail/notices.html", context)
    # Mail programs read no style sheet: each line carries its own looks.
    looks = render_to_string("mail/mail.css")
    message.attach_alternative(css_inline.inline(letter, extra_css=looks, load_remote_stylesheets=False), "text/html")
    return message


def _line(notice):
    return {"text": notice.text, "made_at": notice.made_at, "url": settings.SITE_URL + notice.url if notice.url else ""}


def _subject(notices):
    """What happened: the latest notice, and how many more there are."""
    text = " ".join(notices[-1].text.split()).rstrip(".")
    if len(text) > SUBJECT_LETTERS:
        text = text[:SUBJECT_LETTERS].rsplit(" ", 1)[0].rstrip(" ,(;") + "…"
    more = len(notices) - 1
    if not more:
        return text
    text = text.rstrip("?!")  # "…?, và" reads like a slip
    return ngettext("%(text)s, và %(count)d việc nữa", "%(text)s, và %(count)d việc nữa", more) % {
        "text": text,
        "count": more,
    }
