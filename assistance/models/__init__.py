"""What was done for citizens."""

from .activities import Activity, DeskButton
from .dossiers import Dossier, DossierCodePattern, NotSubmittedReason
from .procedures import Counter, Department, Procedure, ServiceLevel
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
    "HourlyTally",
    "NotSubmittedReason",
    "PeriodLock",
    "Procedure",
    "ServiceLevel",
    "UnitTotal",
    "UnitTotalChange",
    "Visit",
    "VisitActivity",
]
