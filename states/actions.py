"""Every action of every lifecycle, by the word that stands in entries, addresses and messages."""

from enum import StrEnum


class Action(StrEnum):
    """Actions on subjects. On which, from where, by whom: the edges of their lifecycles."""

    # assignments
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    SUBMIT = "submit"
    CHECK = "check"
    ASSIGN_REVIEWER = "assign_reviewer"
    REVIEW = "review"
    RETURN = "return"
    ACCEPT = "accept"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"  # protocols too
    RESTORE = "restore"
    REQUEST_EXTENSION = "request_extension"
    EXTEND = "extend"
    REFUSE_EXTENSION = "refuse_extension"
    REDATE = "redate"
    REASSIGN = "reassign"
    TRANSFER = "transfer"
    REMIND = "remind"
    ESCALATE = "escalate"
    COMMENT = "comment"
    # protocols
    REGISTER = "register"
    EXPAND = "expand"
    # organisations, groups, accounts
    CREATE = "create"
    UPDATE = "update"
    # accounts
    INVITE = "invite"
    SET_PASSWORD = "set_password"  # noqa: S105 - an action's word
    SEND_CODE = "send_code"
    SIGN_IN = "sign_in"
    REFUSE_SIGN_IN = "refuse_sign_in"
    SIGN_OUT = "sign_out"
    ISSUE_TOKEN = "issue_token"  # noqa: S105 - an action's word
    REVOKE_TOKEN = "revoke_token"  # noqa: S105 - an action's word
    SUBSTITUTE = "substitute"
    CLOSE = "close"
    # the policy
    ADOPT = "adopt"
    # the audit log itself
    BEGIN = "begin"
    ROTATE = "rotate"
    ERASE = "erase"
    RESUME = "resume"
    UPGRADE = "upgrade"
    FILL_PLACE = "fill_place"
    ADOPT_WITNESSES = "adopt_witnesses"
    ASK_ERASURE = "ask_erasure"
    REPAIR = "repair"
    PROCEED = "proceed"
