"""What of ours follows a unit that ends: teams, sites with their rosters and templates, roles, open events."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts import services
from shifts.attendance import attended, served
from shifts.figures import DUTY_FIGURES
from shifts.models import OutreachEvent, Role, Roster, RosterTemplate, Site, Team, TeamUnit
from shifts.text import fold
from shifts.unit_changes.followers import Follower, register, register_figures

OPEN_EVENTS = (OutreachEvent.State.PLANNED, OutreachEvent.State.CONFIRMED)


def after(rows, moves, path="unit"):
    """Dated rows of the old units that hold on the day or later."""
    lasting = Q(valid_until=None) | Q(valid_until__gt=moves.date)
    return rows.filter(lasting, **{f"{path}__in": moves.keys})


def listed(names, most=6):
    """ "A, B, C và 4 nữa"."""
    names = [str(name) for name in names]
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else _("{names} và {n} nữa").format(names=shown, n=len(names) - most)


def by_unit(rows):
    found = {}
    for row in rows:
        found.setdefault(row.unit_id, []).append(row)
    return found


def same_names(rows, moves, staying):
    """[(heir, name)] that two rows would share under one heir; `staying` are rows of heirs that go on."""
    seen, twice = set(), []
    for row in [*staying, *rows]:
        heir = moves.heir(row.unit_id) if row.unit_id in moves.keys else row.unit
        key = (id(heir) if heir.pk is None else heir.pk, fold(row.name))
        if key in seen:
            twice.append((heir, row.name))
        seen.add(key)
    return twice


def of_heirs(model, moves):
    """Rows of heirs that go on."""
    return model.objects.on(moves.date).filter(unit__in=[heir.pk for heir in moves.main.values() if heir.pk])


class Placed(Follower):
    """Teams or sites: rows with a name and a unit."""

    model, sentence, split_sentence, twice_sentence, risen_sentence = None, "", "", "", ""

    def rows(self, moves):
        return after(self.model.objects.all(), moves).select_related("unit").order_by("code")

    def preview(self, moves):
        return [
            str(self.sentence).format(unit=moves.heir(key).name, n=len(rows), names=listed(rows))
            for key, rows in by_unit(self.rows(moves)).items()
        ]

    def decisions(self, moves):
        found, rows = [], list(self.rows(moves))
        for row in rows:
            heir, others = moves.heir(row.unit_id), moves.others_of(row.unit_id)
            if others:
                names = listed(other.name for other in others)
                found.append(str(self.split_sentence).format(name=row.name, main=heir.name, others=names))
            elif moves.rises(row.unit_id):
                found.append(str(self.risen_sentence).format(name=row.name, unit=heir.name))
        found += [
            str(self.twice_sentence).format(unit=heir.name, name=name)
            for heir, name in same_names(rows, moves, of_heirs(self.model, moves).select_related("unit"))
        ]
        return found


@register
class Teams(Placed):
    label = gettext_lazy("Đội hình")
    model = Team
    sentence = gettext_lazy("{n} đội hình sang {unit}: {names}.")
    split_sentence = gettext_lazy(
        "Đội hình {name} theo đơn vị chính {main}; nếu thuộc phần của {others} thì đổi đơn vị của đội hình."
    )
    twice_sentence = gettext_lazy("{unit} có hai đội hình cùng tên {name}: đổi tên, hoặc kết thúc một đội.")
    risen_sentence = gettext_lazy("Đội hình {name} sang {unit}: chọn xã, phường cho đội, hoặc kết thúc đội.")

    def contradictions(self, moves):
        rows = attended(moves.date, moves.date.max, units=moves.keys).order_by()
        latest = {}
        for unit, date in rows.values_list("unit", "assignment__date"):
            latest[unit] = max(date, latest.get(unit, date))
        return [sentence_of_later(moves.old(unit), date, _("buổi trực")) for unit, date in latest.items()]

    def follow(self, moves):
        for team in self.rows(moves).select_for_update(of=("self",)):
            if team.valid_from is None or team.valid_from < moves.date:
                begun = team.former_units.order_by("-valid_until").values_list("valid_until", flat=True).first()
                TeamUnit.objects.create(team=team, unit_id=team.unit_id, valid_from=begun, valid_until=moves.date)
            team.unit = moves.heir(team.unit_id)
            team.save(update_fields=["unit"])


def sentence_of_later(unit, date, what):
    return _("{unit} còn {what} đến {date}: ngày đổi phải sau ngày đó.").format(
        unit=f"{unit.name} ({unit.code})", what=what, date=f"{date:%d/%m/%Y}"
    )


@register
class Sites(Placed):
    label = gettext_lazy("Điểm hỗ trợ")
    model = Site
    sentence = gettext_lazy("{n} điểm hỗ trợ sang {unit}: {names}.")
    split_sentence = gettext_lazy(
        "Điểm {name} theo đơn vị chính {main}; nếu nằm ở phần của {others} thì đổi đơn vị của điểm."
    )
    twice_sentence = gettext_lazy("{unit} có hai điểm cùng tên {name}: đổi tên, hoặc kết thúc một điểm.")
    risen_sentence = gettext_lazy("Điểm {name} sang {unit}: chọn xã, phường cho điểm, hoặc kết thúc điểm.")

    def preview(self, moves):
        found, sites = super().preview(moves), list(self.rows(moves))
        rosters = Roster.objects.filter(site__in=sites, month__gte=moves.date.replace(day=1)).count()
        if rosters:
            found.append(_("{n} lịch trực từ tháng {month} đi cùng điểm, không ca nào đổi.").format(
                n=rosters, month=f"{moves.date:%m/%Y}"))  # fmt: skip
        if templates := RosterTemplate.objects.filter(site__in=sites).count():
            found.append(_("{n} lịch mẫu đi cùng điểm.").format(n=templates))
        return found

    def decisions(self, moves):
        published = Roster.objects.published().filter(
            site__in=self.rows(moves), month__gte=moves.date.replace(day=1)
        ).select_related("site")  # fmt: skip
        return super().decisions(moves) + [
            _("Lịch trực tháng {month} của {site} đã công bố qua ngày đổi: xem lại nơi trực và người trực.").format(
                month=f"{roster.month:%m/%Y}", site=roster.site.name
            )
            for roster in published.order_by("month", "site")
            if roster.last_day >= moves.date
        ]

    def follow(self, moves):
        for site in self.rows(moves).select_for_update(of=("self",)):
            site.unit = moves.heir(site.unit_id)
            site.save(update_fields=["unit"])


@register
class Roles(Follower):
    """A role ends with its unit and begins anew at the heir; nobody gets a higher unit by it."""

    label = gettext_lazy("Vai trò")

    def rows(self, moves):
        return after(Role.objects.all(), moves).select_related("user", "unit").order_by("user__sort_name", "kind")

    def preview(self, moves):
        return [
            _("{n} vai trò sang {unit}: {names}.").format(
                n=len(rows), unit=moves.heir(key).name,
                names=listed(f"{role.user} ({role.get_kind_display()})" for role in rows))
            for key, rows in by_unit(self.rows(moves)).items()
            if not moves.rises(key)
        ]  # fmt: skip

    def decisions(self, moves):
        return [
            _("{user} hết vai trò {kind} của {unit} từ {date}: giao vai trò ở đơn vị khác nếu cần.").format(
                user=role.user, kind=role.get_kind_display(), unit=role.unit.name, date=f"{moves.date:%d/%m/%Y}"
            )
            for role in self.rows(moves)
            if moves.rises(role.unit_id)
        ]

    def follow(self, moves):
        people = {}
        for role in self.rows(moves).select_for_update(of=("self",)):
            people[role.user_id] = role.user
            if moves.rises(role.unit_id):
                self.end(role, moves)
            elif role.valid_from and role.valid_from >= moves.date:
                self.begin_later(role, moves)
            else:
                self.begin(role, moves)
                self.end(role, moves)
        for person in people.values():
            services.refresh_rights(user=person)

    @staticmethod
    def end(role, moves):
        if role.valid_from is None or role.valid_from < moves.date:
            role.valid_until = moves.date
            role.save(update_fields=["valid_until"])

    def begin_later(self, role, moves):
        """A role that was to begin after its unit has ended begins at the heir."""
        heir = moves.heir(role.unit_id)
        if Role.objects.filter(user=role.user, kind=role.kind, unit=heir).exists():
            self.begin(role, moves)
        else:
            role.unit = heir
            role.save(update_fields=["unit"])

    @staticmethod
    def begin(role, moves):
        """Give the role at the heir; of two that meet there, the longer holds."""
        begins = max(role.valid_from or moves.date, moves.date)
        new, made = Role.objects.get_or_create(
            user=role.user, kind=role.kind, unit=moves.heir(role.unit_id),
            defaults={"valid_from": begins, "valid_until": role.valid_until},
        )  # fmt: skip
        if not made:
            new.valid_from = new.valid_from and min(new.valid_from, begins)
            ends = [new.valid_until, role.valid_until]
            new.valid_until = None if None in ends else max(ends)
            new.save(update_fields=["valid_from", "valid_until"])


@register
class Events(Follower):
    """Events from the day on count for the heir, and are held at it."""

    label = gettext_lazy("Hoạt động Thứ Bảy")

    def rows(self, moves):
        return OutreachEvent.objects.filter(date__gte=moves.date).order_by("date", "pk")

    def preview(self, moves):
        found = []
        for name, words in [("unit", _("do {unit} tổ chức")), ("host_unit", _("ở {unit}"))]:
            rows = self.rows(moves).filter(state__in=OPEN_EVENTS, **{f"{name}__in": moves.keys})
            found += [
                _("Hoạt động {event} từ nay {place}.").format(
                    event=event, place=words.format(unit=moves.heir(getattr(event, f"{name}_id")).name))
                for event in rows
            ]  # fmt: skip
        return found

    def decisions(self, moves):
        return [
            _("Hoạt động {event}: hỏi lại nơi tổ chức thuộc {main} hay {others}.").format(
                event=event, main=moves.heir(event.host_unit_id).name,
                others=listed(unit.name for unit in moves.others_of(event.host_unit_id)))
            for event in self.rows(moves).filter(state__in=OPEN_EVENTS, host_unit__in=moves.keys)
            if moves.others_of(event.host_unit_id)
        ]  # fmt: skip

    def contradictions(self, moves):
        return [
            sentence_of_later(moves.old(event.unit_id), event.date, _("hoạt động đã tổ chức"))
            for event in self.rows(moves).held().filter(unit__in=moves.keys)
        ]

    def follow(self, moves):
        for name in ("unit", "host_unit"):
            for event in self.rows(moves).filter(**{f"{name}__in": moves.keys}):
                setattr(event, name, moves.heir(getattr(event, f"{name}_id")))
                event.save(update_fields=[name])


@register_figures
def duties(units, first, last):
    """What attendance counts."""
    found = served(first, last, units=units, by=("unit",))
    return {unit: {DUTY_FIGURES["duties"]: row.duties} for unit, row in found.items()}
