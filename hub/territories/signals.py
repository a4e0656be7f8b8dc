"""What this app announces to the others."""

from django.dispatch import Signal

# Sent by the loader inside its transaction, when territories were created, renamed, merged, or changed containers.
# Argument: ``territory_ids``, a frozenset of primary keys.
territories_changed = Signal()
