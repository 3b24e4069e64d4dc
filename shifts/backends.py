"""Login by username or phone."""

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from shifts.models import User
from shifts.models.notices import unread_beside_user
from shifts.models.people import normal_phone
from shifts.roster.on_duty import duties_beside_user

# What nearly every page asks of the person who opens it, read together with the user in one query, and with it what
# they serve today (see `on_duty`) and how many notices wait for them; no more, since every save at the desk waits for
# this.
WITH_USER = ("volunteer__team",)
LONGEST_USERNAME = 150


def find_people(login):
    """People this login may mean, the exact username first: at most two, as a phone may be another's username."""
    login = (login or "").replace("\x00", "").strip()[:LONGEST_USERNAME]
    if not login:
        return []
    wanted = Q(username__iexact=login)  # phones begin a word with a capital
    try:
        phone = normal_phone(login)
    except ValidationError:
        phone = ""
    if phone:
        wanted |= Q(phone=phone)
    people = list(User.objects.filter(wanted).order_by("pk")[:3])
    return sorted(people, key=lambda person: (person.username != login, person.username.lower() != login.lower()))


class UsernameOrPhoneBackend(ModelBackend):
    """Django's own rights, with the phone number as a second name."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if username is None or password is None:
            return None
        people = find_people(username)
        if not people:
            # The same work as for a known name, so that the time taken does not tell which names exist.
            User().set_password(password)
        for person in people:
            if person.check_password(password) and self.user_can_authenticate(person):
                return person
        return None

    def get_user(self, user_id):
        today = timezone.localdate()
        people = User.objects.select_related(*WITH_USER).annotate(
            duties_text=duties_beside_user(today), unread_notices=unread_beside_user()
        )
        try:
            person = people.get(pk=user_id)
        except User.DoesNotExist:
            return None
        person.duties_date = today
        return person if self.user_can_authenticate(person) else None


def axes_username(request, credentials):
    """Return one name per account for the throttle, whether username or phone was typed."""
    data = credentials or (request.POST if request else {})
    typed = str(data.get("username") or "").replace("\x00", "").strip()
    # axes asks several times per attempt; the answer is kept so that it costs one query.
    kept = request.__dict__.setdefault("_axes_usernames", {}) if request else {}
    if typed not in kept:
        people = find_people(typed)
        kept[typed] = people[0].username if people else typed.lower()[:LONGEST_USERNAME]
    return kept[typed]
