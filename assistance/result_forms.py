"""The form of the result of an outreach event."""

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.counts import dotted
from assistance.figures import RESULT_COLUMNS
from assistance.models import OutreachResult
from assistance.second_look import second_looks, usual_results
from assistance.total_forms import CountsForm
from shifts.models import OutreachEvent


class ResultForm(CountsForm):
    """The numbers of one event."""

    COLUMNS = RESULT_COLUMNS
    ASK = gettext_lazy("{look} Đúng thì đánh dấu bên dưới rồi lưu lại.")

    def __init__(self, *args, event: OutreachEvent, result: OutreachResult | None, **kwargs):
        super().__init__(*args, stored=result or OutreachResult(event=event, version=0), **kwargs)
        self.event = event
        self.fields["remarks"].help_text = _("Không ghi tên, số điện thoại hay giấy tờ của người dân.")

    def clean(self):
        cleaned = super().clean()
        looks = second_looks(self.numbers, usual=usual_results(self.event), whose=_("đội"))
        self.look_twice(looks | self._look_at_leaflets())
        return cleaned

    def _look_at_leaflets(self):
        taken = self.event.materials.filter(is_leaflet=True).aggregate(n=Sum("taken_out"))["n"]
        said = self.numbers["leaflets"]
        if taken is None or said is None or said <= taken:
            return {}
        return {"leaflets": _("Nhiều hơn số tờ rơi mang đi ({taken}).").format(taken=dotted(taken))}
