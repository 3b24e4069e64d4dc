"""What is to be said of a target on a date: one badge of a few words, one sentence."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.models import Target
from reports.targets.kinds import COVERAGE, ON_DUTY
from reports.targets.standing import Standing
from reports.targets.words import grouped
from shifts.models import SiteSession

RED, OK, PLAIN = "red", "ok", ""


@dataclass(frozen=True)
class Verdict:
    """The state in one word for programs, the badge and its colour for people, and the sentence."""

    state: str
    badge: str
    colour: str
    sentence: str

    @property
    def is_behind(self):
        return self.colour == RED


def verdict_of(standing: Standing) -> Verdict:
    """Say how a target is doing: reached, on pace, behind, or why that cannot be said."""
    if not standing.begun:
        first = f"{standing.target.first:%d/%m/%Y}"
        return Verdict("upcoming", _("Chưa bắt đầu"), PLAIN, _("Kỳ bắt đầu từ {date}.").format(date=first))
    if standing.target.figure == ON_DUTY:
        return _of_sessions(standing)
    if not standing.minimum:
        return Verdict("nothing_counted", _("Chưa có đơn vị"), PLAIN, _("Không có đơn vị nào để đếm vào ngày này."))
    if standing.target.rhythm == Target.Rhythm.MONTH:
        return _of_months(standing)
    if standing.done >= standing.stretch and standing.stretch > standing.minimum:
        sentence = _("Đã đạt mức phấn đấu: {done} trên {stretch}.")
        return Verdict("stretched", _("Đạt phấn đấu"), OK, _filled(sentence, standing))
    if standing.done >= standing.minimum:
        return Verdict("reached", _("Đã đạt"), OK, _reached(standing))
    if standing.over:
        sentence = _("Kỳ đã kết thúc, còn thiếu {missing} so với tối thiểu {minimum}.")
        return Verdict("missed", _("Không đạt"), RED, _filled(sentence, standing))
    if not standing.open_days:
        sentence = _("Kỳ này không có ngày mở cửa nào, nên không tính được nhịp mỗi ngày.")
        return Verdict("no_days", _("Không có ngày mở cửa"), PLAIN, sentence)
    if standing.target.figure == COVERAGE:
        return _of_coverage(standing)
    return _on_the_way(standing)


def _filled(sentence, standing, **more):
    numbers = {name: grouped(getattr(standing, name)) for name in ("done", "missing", "minimum", "stretch")}
    return sentence.format(**numbers, last=f"{standing.target.last:%d/%m/%Y}", **more)


def _reached(standing):
    if standing.stretch == standing.minimum or standing.over:
        return _filled(_("Đã đạt: {done} trên {minimum}."), standing)
    left = grouped(standing.stretch - standing.done)
    return _filled(_("Đã đạt tối thiểu {minimum}, còn {left} đến mức phấn đấu."), standing, left=left)


def _on_the_way(standing):
    """Of a count that has neither reached its minimum nor run out of time."""
    need = standing.needed
    if need is None:
        need_words = _filled(_("Đã hết ngày mở cửa, còn thiếu {missing}."), standing)
    else:
        need_words = _filled(_("cần {need} mỗi ngày mở cửa đến {last}"), standing, need=grouped(need))
    now = grouped(standing.per_day) if standing.per_day is not None else "0"
    if standing.late or need is None:
        late = standing.late or 1
        badge = _("Chậm {percent} %").format(percent=late)
        if need is None:
            return Verdict("behind", badge, RED, need_words)
        sentence = _("Chậm {percent} % so với nhịp: {need}, đang đạt {now}.")
        return Verdict("behind", badge, RED, sentence.format(percent=late, need=need_words, now=now))
    sentence = _("Đúng nhịp: {need}, đang đạt {now}.")
    return Verdict("on_pace", _("Đúng nhịp"), OK, sentence.format(need=need_words, now=now))


def _of_coverage(standing):
    units = str(standing.target.get_level_display())
    sentence = _("Còn {missing} đơn vị ({units}) chưa có đội hình.")
    if standing.late:
        badge = ngettext("Thiếu {n} đơn vị", "Thiếu {n} đơn vị", standing.missing)
        return Verdict(
            "behind", badge.format(n=grouped(standing.missing)), RED, _filled(sentence, standing, units=units)
        )
    return Verdict("on_pace", _("Đúng nhịp"), OK, _filled(sentence, standing, units=units))


def _of_months(standing):
    """Of so many a month: each month counts by itself, two in May do not make good for April."""
    target, missed = standing.target, standing.missed_months
    if missed:
        names = ", ".join(f"{month.first:%m/%Y}" for month in missed[-4:])
        badge = ngettext("Thiếu {n} tháng", "Thiếu {n} tháng", len(missed)).format(n=len(missed))
        sentence = _("Chưa đủ {minimum} mỗi tháng ở {n} tháng, gần nhất: {names}.")
        state = "missed" if standing.over else "behind"
        return Verdict(
            state, badge, RED, sentence.format(minimum=grouped(target.minimum), n=len(missed), names=names)
        )  # fmt: skip
    if standing.over:
        return Verdict("reached", _("Đã đạt"), OK, _("Tháng nào cũng đủ."))
    running = next((month for month in standing.months if month.first <= standing.on <= month.last), None)
    if running and running.value < target.minimum:
        sentence = _("Các tháng trước đều đủ; tháng này mới có {n}, cần {minimum}.")
        words = sentence.format(n=grouped(running.value), minimum=grouped(target.minimum))
        return Verdict("on_pace", _("Đúng nhịp"), OK, words)
    return Verdict("on_pace", _("Đúng nhịp"), OK, _("Tháng nào cũng đủ đến nay."))


def _of_sessions(standing):
    sessions, minimum = standing.sessions, standing.target.minimum
    if not sessions.all:
        sentence = _("Không có buổi mở cửa nào trong kỳ: đơn vị này chưa có điểm hỗ trợ mở cửa.")
        return Verdict("no_days", _("Không có buổi mở cửa"), PLAIN, sentence)
    if not sessions.known:
        sentence = _("Chưa có lịch trực nào được công bố trong kỳ, nên chưa nói được buổi nào đủ người.")
        return Verdict("no_data", _("Chưa có lịch trực"), PLAIN, sentence)
    if not sessions.short:
        sentence = _("Cả {n} buổi mở cửa đến nay đều có ít nhất {minimum} người.")
        return Verdict("on_pace", _("Đủ người"), OK, sentence.format(n=grouped(sessions.begun), minimum=minimum))
    date, session, people = sessions.short[-1]
    n = len(sessions.short)
    sentence = _("{n} trên {begun} buổi có dưới {minimum} người; gần nhất là {session} {date}, {people} người.").format(
        n=grouped(n), begun=grouped(sessions.begun), minimum=minimum, people=people,
        session=SiteSession.Session(session).label, date=f"{date:%d/%m/%Y}",
    )  # fmt: skip
    badge = ngettext("Thiếu người {n} buổi", "Thiếu người {n} buổi", n).format(n=grouped(n))
    return Verdict("missed" if standing.over else "behind", badge, RED, sentence)


def headline(verdicts) -> str:
    """Two targets on pace, one behind: the first sentence of a page."""
    behind = sum(verdict.is_behind for verdict in verdicts)
    well = sum(verdict.colour == OK for verdict in verdicts)
    if not behind and not well:
        return _("Chưa có chỉ tiêu nào đang chạy")
    if not behind:
        return ngettext("{n} chỉ tiêu đúng nhịp", "Cả {n} chỉ tiêu đúng nhịp", well).format(n=well)
    late = ngettext("{n} chỉ tiêu đang chậm", "{n} chỉ tiêu đang chậm", behind).format(n=behind)
    if not well:
        return late
    return _("{n} đúng nhịp, {late}").format(n=well, late=late)
