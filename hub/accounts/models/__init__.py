"""People, the structures they write for, and how they came to."""

from hub.accounts.models.address import FormerAddress
from hub.accounts.models.membership import AccessRequest, Invitation, Membership
from hub.accounts.models.use import CountedUse
from hub.accounts.models.user import User

__all__ = ["AccessRequest", "CountedUse", "FormerAddress", "Invitation", "Membership", "User"]
