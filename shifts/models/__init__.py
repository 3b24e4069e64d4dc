"""Who we are, and who serves when and where."""

from .calendar import CalendarDay
from .installation import InstallationMark
from .people import Role, User, Volunteer
from .sites import Post, Site, SiteSession
from .teams import Team
from .units import Unit, UnitSuccession

__all__ = [
    "CalendarDay",
    "InstallationMark",
    "Post",
    "Role",
    "Site",
    "SiteSession",
    "Team",
    "Unit",
    "UnitSuccession",
    "User",
    "Volunteer",
]
