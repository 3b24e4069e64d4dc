"""First-login links of people who were just imported, to hand out."""

from django.utils.translation import gettext as _

from .sheets import workbook_of


def without_password(outcome):
    """Return the imported people who have not set a password yet."""
    users = (row.instance.user for row in outcome.rows if row.is_valid())
    return [user for user in users if user.is_active and not user.first_login_done and not user.has_usable_password()]


def links_file(invitations, absolute) -> bytes:
    """Return an XLSX with one link a row; `absolute` makes a full address of a path."""
    headers = [_("Họ và tên"), _("Tên đăng nhập"), _("Điện thoại"), _("Liên kết đăng nhập lần đầu"), _("Dùng trước")]
    rows = [
        [each.user.full_name, each.user.username, each.user.phone, absolute(each.path), f"{each.expires_at:%d/%m/%Y}"]
        for each in invitations
    ]
    return workbook_of(headers, rows, title=_("Liên kết"))
