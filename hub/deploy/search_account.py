"""Create, on the search server, the role and the account the hub uses: no more rights than it needs.

    python hub/deploy/search_account.py

Reads ELASTICSEARCH_URL, ELASTICSEARCH_CA_CERT, ELASTIC_PASSWORD_FILE (the server's superuser, used here only),
ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD_FILE (the account to create). Running it again changes the password.
"""

import json
import os
import sys
from pathlib import Path

from elasticsearch import ApiError, Elasticsearch, TransportError

ROLE = "hub"


def main() -> int:
    user = os.environ["ELASTICSEARCH_USER"]
    client = Elasticsearch(
        [host.strip() for host in os.environ["ELASTICSEARCH_URL"].split(",") if host.strip()],
        ca_certs=os.environ["ELASTICSEARCH_CA_CERT"],
        basic_auth=("elastic", secret("ELASTIC_PASSWORD")),
        request_timeout=30,
        max_retries=3,
        retry_on_timeout=True,
    )
    role = json.loads(Path(__file__).with_name("search_role.json").read_text(encoding="utf-8"))
    try:
        client.security.put_role(name=ROLE, **role)
        client.security.put_user(username=user, password=secret("ELASTICSEARCH_PASSWORD"), roles=[ROLE])
    except (ApiError, TransportError) as error:
        sys.stderr.write(f"Le compte de la recherche n’a pas pu être créé : {error}\n")
        return 1
    sys.stdout.write(f"Rôle « {ROLE} » et compte « {user} » prêts.\n")
    return 0


def secret(name: str) -> str:
    """Return what the file named by ``NAME_FILE`` holds."""
    return Path(os.environ[f"{name}_FILE"]).read_text(encoding="utf-8").strip()


if __name__ == "__main__":
    sys.exit(main())
