"""What may prevent a change of members; each says why in words for the person who asked."""


class MembershipError(Exception):
    """Nothing was changed; ``str(error)`` is a French sentence to show."""


class AlreadyDecidedError(MembershipError):
    """Somebody else answered the request, or the person withdrew it."""


class AlreadyMemberError(MembershipError):
    """The person already writes for this structure."""


class AlreadyAskedError(MembershipError):
    """The person already waits for an answer about this structure, or about too many of them."""


class LastOwnerError(MembershipError):
    """A structure that has members keeps somebody who answers for it."""


class NotOwnerError(MembershipError):
    """Only an owner of the structure may do this, and the person is not, or not any more."""


class InvitationClosedError(MembershipError):
    """The invitation was accepted, cancelled, or its time has run out."""


class WrongAddressError(MembershipError):
    """The invitation was sent to somebody else's address."""
