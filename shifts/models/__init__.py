"""Who we are, and who serves when and where."""

from .attendance import Attendance, AttendanceMark
from .calendar import CalendarDay
from .feeds import CalendarFeed
from .installation import InstallationMark
from .jobs import DueRun
from .leave import Leave, Preference
from .notices import Notice
from .outreach import EventAbsence, OutreachEvent, OutreachMaterial
from .papers import PaperSettings
from .people import Role, User, Volunteer
from .regulations import Regulation, RegulationAcknowledgement
from .roster import (
    Assignment,
    OpenPlace,
    RaisedLimit,
    Roster,
    RosterChange,
    RosterChangeLine,
    RosterRun,
    RosterShare,
    RosterTemplate,
    RosterTemplateLine,
)
from .sites import Post, Site, SiteSession
from .swaps import SwapDuty, SwapRequest
from .teams import Team, TeamUnit
from .unit_changes import UnitChange
from .units import Unit, UnitSuccession

__all__ = [
    "Assignment",
    "Attendance",
    "AttendanceMark",
    "CalendarDay",
    "CalendarFeed",
    "DueRun",
    "EventAbsence",
    "InstallationMark",
    "Leave",
    "Notice",
    "OpenPlace",
    "OutreachEvent",
    "OutreachMaterial",
    "PaperSettings",
    "Post",
    "Preference",
    "RaisedLimit",
    "Regulation",
    "RegulationAcknowledgement",
    "Role",
    "Roster",
    "RosterChange",
    "RosterChangeLine",
    "RosterRun",
    "RosterShare",
    "RosterTemplate",
    "RosterTemplateLine",
    "Site",
    "SiteSession",
    "SwapDuty",
    "SwapRequest",
    "Team",
    "TeamUnit",
    "Unit",
    "UnitChange",
    "UnitSuccession",
    "User",
    "Volunteer",
]
