"""What a refusal is in HTTP: one table, because the domain knows no HTTP. The sentence is the refusal's own."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from audit.errors import LogError
from commands.access.account_import import (
    AccountColumnsError,
    BadAccountsError,
    LineError,
    ManyAccountsError,
    OtherAccountError,
    UnknownRoleError,
)
from commands.access.accounts import (
    EmailError,
    GrantError,
    LastAccountError,
    LoginError,
    LoginTakenError,
    OrganisationNeededError,
)
from commands.access.api_tokens import TokenLifeError, TokenNameError, TokenScopeError, UnknownTokenError
from commands.access.invitations import InvitationError
from commands.access.one_time_codes import CodesWaitError, TooManyCodesError, WrongCodeError
from commands.access.passwords import (
    DifferentPasswordsError,
    LongPasswordError,
    OldPasswordError,
    PlainPasswordError,
    ShortPasswordError,
)
from commands.access.sessions import UnknownSessionError
from commands.access.sign_in import NoAccountError, OnlyDemoError, WrongPasswordError
from commands.access.substitutions import SubstitutionError
from commands.access.throttling import TooManyAttemptsError, TooManyFromAddressError
from commands.assignments.dates import DateError, ExtensionDateError, FarDateError, NoRequestError
from commands.assignments.documents import DocumentMissingError, NotOpenError
from commands.assignments.effects import (
    NotExpandedError,
    PersonError,
    ProtocolWithdrawnError,
    ReceivedEarlyError,
    ReceivedError,
    SameOrganisationError,
)
from commands.assignments.locked_assignment import StaleVersionError
from commands.assignments.return_reasons import UnknownReasonError
from commands.assignments.transitions import (
    ForeignAssignmentError,
    OtherReviewerError,
    OwnOrganisationError,
    SystemActionError,
)
from commands.bootstrap import AlreadyInitialisedError
from commands.context.actors import NotSubstituteError, SystemLoginError, UnknownLoginError
from commands.context.evidence_store import (
    EvidenceMissingError,
    FileEmptyError,
    FileNameError,
    FileTooLargeError,
    FileTypeError,
    FileUnreadableError,
    StoreError,
)
from commands.context.idempotency import OtherRequestError
from commands.log.consistency import BranchedError
from commands.log.erasure import NothingToEraseError, StillInUseError
from commands.log.export import NothingToExportError
from commands.log.key_rotation import ForeignSignerError, KeyUnknownError
from commands.log.restoration import NotRestoredError, OtherPastError
from commands.log.sealing import KeysDifferError, LogNotBegunError
from commands.log.witness_client import WitnessRefusedError
from commands.log.witnesses import ForeignAnswerError, UnknownWitnessError, WitnessPolicyError
from commands.mail.links import LinkError, OnlyLinkedError
from commands.protocols.addressing import EmptyGroupError, MappingError, UnmappedError
from commands.protocols.registration import DateMissingError, DuplicateError
from commands.recording.requirements import NeedError
from commands.recording.stored_entries import DamagedEntryError, DamagedRowError
from commands.recording.writer import EntryTooLongError
from commands.registers.filters import UnknownStateError
from commands.registers.lookup import UnknownAssignmentError, UnknownProtocolError
from commands.reports.form_tables import BadCellsError, LongFormError, OtherColumnsError
from commands.rosters.hierarchy import LoopError, RootError, SuperiorError
from commands.rosters.organisations import NoRootError, UnknownGroupError, UnknownOrganisationError
from commands.rosters.renaming import NameTakenError
from commands.rosters.roster_import import PeriodError
from commands.trails.search import PlaceError
from commands.trails.trail import UnknownTrailError
from commands.verification.alarms import FaultsFoundError, SealLateError, UnverifiedError, UnwitnessedError
from commands.verification.drill import NothingToDrillError
from commands.verification.log_state import NoPlaceError
from commands.verification.replay import OtherSeparationError, OtherStateError
from desk.access import (
    CorrectionsLostError,
    CrowdError,
    CursorError,
    FilesLostError,
    ForeignFormError,
    KnownItemError,
    NoDocumentError,
    NoFileError,
    NotGrantedError,
    NotSignedInError,
    ScopeMissingError,
    TokenNeededError,
    TooManyChosenError,
    TypedDayError,
    TypedMomentError,
    VersionNeededError,
)
from desk.provider import NoProviderError, ProviderAwayError, ProviderRefusedError
from desk.verifying import NotKeptError, NotStartedError, VerifyingError
from models.clock import ClockBackwardsError, ClockFixedError, NotInitialisedError
from models.database import DatabaseAwayError, NulError
from models.policy import PolicyError
from models.schema import SchemaError
from models.settings import SettingsError
from states.lifecycle import UnknownActionError, WrongRoleError, WrongStateError
from states.refusal import RefusedError
from states.separation import SamePersonError

_TABLE: Mapping[HTTPStatus, tuple[type[RefusedError], ...]] = {
    HTTPStatus.NOT_FOUND: (
        NoFileError,
        NoPlaceError,
        NothingToExportError,
        UnknownAssignmentError,
        NoProviderError,
        UnknownGroupError,
        UnknownOrganisationError,
        UnknownProtocolError,
        UnknownSessionError,
        UnknownTokenError,
        UnknownTrailError,
        UnknownWitnessError,
    ),
    HTTPStatus.UNAUTHORIZED: (NotSignedInError, TokenNeededError),
    HTTPStatus.FORBIDDEN: (
        ForeignAssignmentError,
        ForeignFormError,
        GrantError,
        NoAccountError,
        ProviderRefusedError,
        NotGrantedError,
        NotSubstituteError,
        OldPasswordError,
        OnlyDemoError,
        OnlyLinkedError,
        OtherReviewerError,
        OwnOrganisationError,
        SamePersonError,
        ScopeMissingError,
        SystemActionError,
        SystemLoginError,
        UnknownLoginError,
        WrongCodeError,
        WrongPasswordError,
        WrongRoleError,
    ),
    HTTPStatus.CONFLICT: (
        AlreadyInitialisedError,
        BranchedError,
        ClockBackwardsError,
        ClockFixedError,
        DuplicateError,
        ForeignAnswerError,
        ForeignSignerError,
        KeyUnknownError,
        LastAccountError,
        LogNotBegunError,
        LoginTakenError,
        NameTakenError,
        NoRequestError,
        NotExpandedError,
        NotOpenError,
        NotRestoredError,
        NothingToDrillError,
        NothingToEraseError,
        OtherPastError,
        OtherSeparationError,
        OtherStateError,
        ProtocolWithdrawnError,
        OtherRequestError,
        StaleVersionError,
        StillInUseError,
        VerifyingError,
        WrongStateError,
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        AccountColumnsError,
        BadAccountsError,
        BadCellsError,
        CorrectionsLostError,
        KnownItemError,
        DateError,
        DateMissingError,
        DifferentPasswordsError,
        DocumentMissingError,
        EmailError,
        EmptyGroupError,
        ExtensionDateError,
        FarDateError,
        FileEmptyError,
        FileNameError,
        FileUnreadableError,
        FilesLostError,
        LineError,
        LoginError,
        LongFormError,
        LongPasswordError,
        LoopError,
        ManyAccountsError,
        MappingError,
        NeedError,
        NoDocumentError,
        NoRootError,
        NulError,
        OrganisationNeededError,
        OtherAccountError,
        OtherColumnsError,
        PeriodError,
        PersonError,
        PlaceError,
        PlainPasswordError,
        ReceivedEarlyError,
        ReceivedError,
        RootError,
        SameOrganisationError,
        ShortPasswordError,
        SubstitutionError,
        SuperiorError,
        TokenLifeError,
        TokenNameError,
        TokenScopeError,
        TypedDayError,
        TypedMomentError,
        TooManyChosenError,
        UnknownActionError,
        UnknownRoleError,
        UnknownReasonError,
        UnknownStateError,
        UnmappedError,
    ),
    HTTPStatus.BAD_REQUEST: (CursorError,),
    HTTPStatus.PRECONDITION_REQUIRED: (VersionNeededError,),
    HTTPStatus.GONE: (InvitationError, LinkError),
    HTTPStatus.TOO_MANY_REQUESTS: (CodesWaitError, TooManyAttemptsError, TooManyCodesError, TooManyFromAddressError),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (EntryTooLongError, FileTooLargeError),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (FileTypeError,),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        DamagedEntryError,
        DamagedRowError,
        EvidenceMissingError,
        FaultsFoundError,
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        CrowdError,
        DatabaseAwayError,
        KeysDifferError,
        NotInitialisedError,
        NotKeptError,
        NotStartedError,
        ProviderAwayError,
        PolicyError,
        SchemaError,
        SealLateError,
        SettingsError,
        StoreError,
        UnverifiedError,
        UnwitnessedError,
        WitnessPolicyError,
        WitnessRefusedError,
    ),
}

STATUS: Mapping[type[RefusedError], HTTPStatus] = MappingProxyType(
    {error: status for status, errors in _TABLE.items() for error in errors}
)
"""Every refusal of `states`, `models` and `commands`. A document that `intake` can't take falls to the default."""

DEFAULT = HTTPStatus.UNPROCESSABLE_ENTITY


def status_of(error: RefusedError | LogError) -> HTTPStatus:
    """The status of a refusal; `DEFAULT` for one that the table does not name."""
    return STATUS.get(type(error), DEFAULT) if isinstance(error, RefusedError) else DEFAULT
