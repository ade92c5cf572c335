"""The tables, one file per aggregate; importing this package makes all of them known to SQLAlchemy."""

from portal.models.absence import Absence
from portal.models.access_entry import AccessEntry
from portal.models.access_question import AccessQuestion
from portal.models.account import Account, LoginSession, SpentToken
from portal.models.administrator_change import AdministratorChange
from portal.models.announcement import Announcement
from portal.models.answers import AnswersDocument, Evidence
from portal.models.asking import Opinion, SupplementRequest
from portal.models.attachment import Attachment
from portal.models.base import Base
from portal.models.bulk import BulkItem, BulkRun
from portal.models.calendar import CalendarDay
from portal.models.consent import Consent, ConsentWithdrawal
from portal.models.correction import CorrectionCase
from portal.models.data_key import DataKey
from portal.models.data_quality import PublishedFigure, QualityCount
from portal.models.document import IssuedDocument, StoredFile
from portal.models.dossier import Dossier
from portal.models.event import Event
from portal.models.notice import Notice, OutboxItem
from portal.models.numbers import NumberSeries
from portal.models.office import Office, OfficeName, OfficeTerritory, StaffDuty, StaffMember
from portal.models.opening import DossierOpening
from portal.models.procedure import ProcedureDraft, ProcedurePublication, ProcedureVersion
from portal.models.suggestion import Suggestion, SuggestionAgreement
from portal.models.tally import DossierTally
from portal.models.ticket import QueueTicket
from portal.models.unanswered import UnansweredLookUp
from portal.models.warning import DueWarning
from portal.models.write_back import WriteBack

__all__ = [
    "Absence",
    "AccessEntry",
    "AccessQuestion",
    "Account",
    "AdministratorChange",
    "Announcement",
    "AnswersDocument",
    "Attachment",
    "Base",
    "BulkItem",
    "BulkRun",
    "CalendarDay",
    "Consent",
    "ConsentWithdrawal",
    "CorrectionCase",
    "DataKey",
    "Dossier",
    "DossierOpening",
    "DossierTally",
    "DueWarning",
    "Event",
    "Evidence",
    "IssuedDocument",
    "LoginSession",
    "Notice",
    "NumberSeries",
    "Office",
    "OfficeName",
    "OfficeTerritory",
    "Opinion",
    "OutboxItem",
    "ProcedureDraft",
    "ProcedurePublication",
    "ProcedureVersion",
    "PublishedFigure",
    "QualityCount",
    "QueueTicket",
    "SpentToken",
    "StaffDuty",
    "StaffMember",
    "StoredFile",
    "Suggestion",
    "SuggestionAgreement",
    "SupplementRequest",
    "UnansweredLookUp",
    "WriteBack",
]
