"""What was done for citizens."""

from .activities import Activity, DeskButton
from .dossiers import Dossier, DossierCodePattern, NotSubmittedReason
from .outreach import OutreachResult, OutreachResultChange
from .procedures import Counter, Department, Procedure, ServiceLevel
from .rollups import HourMonth, MatterMonth, PersonMonth, PlaceMonth, RolledUp, TallyChange, UnitDay
from .tally import DailyTally, HourlyTally
from .totals import PeriodLock, UnitTotal, UnitTotalChange
from .visits import HandOverNote, Visit, VisitActivity

__all__ = [
    "Activity",
    "Counter",
    "DailyTally",
    "Department",
    "DeskButton",
    "Dossier",
    "DossierCodePattern",
    "HandOverNote",
    "HourMonth",
    "HourlyTally",
    "MatterMonth",
    "NotSubmittedReason",
    "OutreachResult",
    "OutreachResultChange",
    "PeriodLock",
    "PersonMonth",
    "PlaceMonth",
    "Procedure",
    "RolledUp",
    "ServiceLevel",
    "TallyChange",
    "UnitDay",
    "UnitTotal",
    "UnitTotalChange",
    "Visit",
    "VisitActivity",
]
