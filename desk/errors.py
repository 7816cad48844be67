"""What a refusal is in HTTP: one table, because the domain knows no HTTP. The sentence is the refusal's own."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from audit.errors import LogError
from commands.accounts import (
    EmailError,
    GrantError,
    LastAccountError,
    LoginError,
    LoginTakenError,
    OrganisationNeededError,
)
from commands.actors import NotSubstituteError, SystemLoginError, UnknownLoginError
from commands.addressing import EmptyGroupError, MappingError, UnmappedError
from commands.admission import (
    AccountColumnsError,
    BadAccountsError,
    LineError,
    ManyAccountsError,
    OtherAccountError,
    UnknownRoleError,
)
from commands.asking import WitnessRefusedError
from commands.attempts import TooManyAttemptsError, TooManyFromAddressError
from commands.beginnings import AlreadyInitialisedError
from commands.cases import StaleVersionError, UnknownAssignmentError
from commands.codes import CodesWaitError, TooManyCodesError, WrongCodeError
from commands.concerns import FaultsFoundError, SealLateError, UnverifiedError, UnwitnessedError
from commands.consistency import BranchedError
from commands.damage import DamagedEntryError, DamagedRowError
from commands.drill import NothingToDrillError
from commands.effects import (
    NotExpandedError,
    PersonError,
    ProtocolWithdrawnError,
    ReceivedEarlyError,
    ReceivedError,
    SameOrganisationError,
)
from commands.entrance import NoAccountError, OnlyDemoError, WrongPasswordError
from commands.erasure import NothingToEraseError, StillInUseError
from commands.evidence import (
    EvidenceMissingError,
    FileEmptyError,
    FileNameError,
    FileTooLargeError,
    FileTypeError,
    FileUnreadableError,
    StoreError,
)
from commands.exporting import NothingToExportError
from commands.invitations import InvitationError
from commands.keys import ForeignSignerError, KeyUnknownError
from commands.links import LinkError, OnlyLinkedError
from commands.logbook import NoPlaceError
from commands.needs import NeedError
from commands.organisations import NoRootError, UnknownGroupError, UnknownOrganisationError
from commands.passwords import (
    DifferentPasswordsError,
    LongPasswordError,
    OldPasswordError,
    PlainPasswordError,
    ShortPasswordError,
)
from commands.programs import DocumentMissingError, NotOpenError
from commands.reasons import UnknownReasonError
from commands.recording import EntryTooLongError
from commands.registration import DateMissingError, DuplicateError
from commands.renaming import NameTakenError
from commands.replay import OtherSeparationError, OtherStateError
from commands.replies import OtherRequestError
from commands.restoration import NotRestoredError, OtherPastError
from commands.rosters import PeriodError
from commands.sealing import KeysDifferError, LogNotBegunError
from commands.search import PlaceError
from commands.sessions import UnknownSessionError
from commands.substitutes import SubstitutionError
from commands.superiors import LoopError, RootError, SuperiorError
from commands.tables import BadCellsError, LongFormError, OtherColumnsError
from commands.terms import DateError, ExtensionDateError, FarDateError, NoRequestError
from commands.tokens import TokenLifeError, TokenNameError, TokenScopeError, UnknownTokenError
from commands.trails import UnknownTrailError
from commands.transitions import (
    ForeignAssignmentError,
    OtherReviewerError,
    OwnOrganisationError,
    SystemActionError,
)
from commands.wanted import UnknownStateError
from commands.withdrawal import UnknownProtocolError
from commands.witnessing import ForeignAnswerError, UnknownWitnessError, WitnessPolicyError
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
