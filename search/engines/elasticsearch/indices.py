"""The indices of the catalogue on a server: one a generation, an alias for the one in use.

An index is named after the alias, the fingerprint of its mapping, and the moment it was begun:
``hub-8bcb3aa85da0-20261123t170512-6b1f``. Its mapping's ``_meta`` says when it is complete, and since when
it has been in use.
"""

import re
import secrets
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from search.engines.base import EngineError
from search.engines.elasticsearch.documents import SETTINGS_IN_USE, fingerprint, index_body

# A new index is searchable once its first copy is; a second copy is worth waiting for a little, where there is a node.
_FIRST_COPY_SECONDS = 30
_SECOND_COPY_SECONDS = 20
_NOT_FOUND = 404


class CatalogueIndices:
    """The indices behind one alias. Every method may raise the client's errors."""

    def __init__(self, client: Elasticsearch, *, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._names = re.compile(rf"{re.escape(alias)}-(?P<fingerprint>[0-9a-f]{{12}})-\d{{8}}t\d{{6}}-[0-9a-f]{{4}}")

    def current(self) -> str:
        """Return the index in use, empty when there is none.

        Raises ``EngineError`` when the alias is the name of an index, or names one that is not of the hub.
        """
        answer = self._client.options(ignore_status=404).indices.get(index=self._alias, features="aliases")
        names = set(answer.body) if answer.meta.status != _NOT_FOUND else set()
        if self._alias in names:
            raise EngineError(
                f"Un index d’Elasticsearch porte le nom « {self._alias} », que le hub réserve à un alias : "
                "supprimez cet index, ou donnez un autre nom par ELASTICSEARCH_INDEX."
            )
        strangers = sorted(name for name in names if not self._names.fullmatch(name))
        if strangers:
            raise EngineError(
                f"L’alias « {self._alias} » d’Elasticsearch désigne un index qui n’est pas du hub ({strangers[0]}) : "
                "retirez-le de l’alias, ou donnez un autre nom par ELASTICSEARCH_INDEX."
            )
        return max(names, default="")

    def fingerprint_of(self, name: str) -> str:
        """Return the fingerprint of the mapping an index was made with."""
        found = self._names.fullmatch(name)
        return found["fingerprint"] if found else ""

    def create(self) -> str:
        """Make a new empty index and return its name."""
        moment = datetime.now(tz=UTC).strftime("%Y%m%dt%H%M%S")
        name = f"{self._alias}-{fingerprint()}-{moment}-{secrets.token_hex(2)}"
        self._client.indices.create(index=name, body=index_body())
        return name

    def open_for_use(self, name: str) -> None:
        """Make what was written to a new index searchable, and have it copied to another node if there is one."""
        self._client.indices.put_settings(index=name, settings=SETTINGS_IN_USE)
        self._client.options(request_timeout=120).indices.refresh(index=name)
        health = self._client.options(ignore_status=408, request_timeout=_FIRST_COPY_SECONDS + 5).cluster.health(
            index=name, wait_for_status="yellow", timeout=f"{_FIRST_COPY_SECONDS}s"
        )
        if health.body.get("status") not in {"yellow", "green"}:
            raise EngineError("Le nouvel index n’est disponible sur aucun nœud d’Elasticsearch.")
        # A lone node has no second copy to offer, and is green at once.
        self._client.options(ignore_status=408, request_timeout=_SECOND_COPY_SECONDS + 5).cluster.health(
            index=name, wait_for_status="green", timeout=f"{_SECOND_COPY_SECONDS}s"
        )

    def switch(self, name: str) -> None:
        """Put a complete index in use, in one call: at no instant does the alias name none or two."""
        meta = {
            "fingerprint": self.fingerprint_of(name),
            "complete": True,
            "in_use_since": datetime.now(tz=UTC).isoformat(),
        }
        self._client.indices.put_mapping(index=name, meta=meta)
        actions: list[dict[str, Any]] = [
            {"remove": {"index": f"{self._alias}-*", "alias": self._alias, "must_exist": False}},
            {"add": {"index": name, "alias": self._alias}},
        ]
        self._client.indices.update_aliases(actions=actions)

    def roll_back(self) -> str:
        """Put the index that was in use before the present one back, and return its name."""
        former = self._former(self.current())
        if not former:
            raise EngineError("Elasticsearch n’a gardé aucun index antérieur : il n’y a rien à remettre en service.")
        self.switch(former)
        return former

    def remove_leftovers(self) -> None:
        """Delete what interrupted rebuilds left, and every complete index but the one in use and the one before it."""
        current = self.current()
        kept = {current, self._former(current)}
        for name in self._all():
            if name not in kept:
                self.remove(name)

    def remove(self, name: str) -> None:
        """Delete an index."""
        self._client.options(ignore_status=404).indices.delete(index=name)

    def _all(self) -> list[str]:
        found = self._client.indices.get(index=f"{self._alias}-*", features="aliases")
        return sorted(name for name in found.body if self._names.fullmatch(name))

    def _former(self, current: str) -> str:
        """Return the complete index that was in use last, the present one aside; empty when there is none."""
        found = self._client.indices.get_mapping(index=f"{self._alias}-*")
        complete = [
            (meta.get("in_use_since", ""), name)
            for name, described in found.body.items()
            if self._names.fullmatch(name) and name != current
            if (meta := described["mappings"].get("_meta", {})).get("complete")
        ]
        return max(complete, default=("", ""))[1]
