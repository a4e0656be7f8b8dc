"""Addresses stored before they had one spelling: rewritten, nobody merged, nobody given another's account."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from hub.accounts.models import FormerAddress
from hub.accounts.signing_in.people import known_person
from tests.factories import UserFactory

BEFORE = [("accounts", "0004_former_addresses")]
AFTER = [("accounts", "0006_addresses_once")]
BESIDE = [
    ("account", "0009_emailaddress_unique_primary_email"),
    ("socialaccount", "0006_alter_socialaccount_extra_data"),
]
CHEF = "chef@dihal-asso.example"
LOOK_ALIKE = "chef@d\u0131hal-asso.example"
STRANGER = "chef@xn--dhal-asso-vpb.example"


@pytest.fixture
def before(transactional_db):
    """The models as they were before addresses had one spelling."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield state(BEFORE)
    # The tests that come next get the database as it is today, whatever was added since.
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def state(target):
    return MigrationExecutor(connection).loader.project_state([*target, *BESIDE]).apps


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.loader.build_graph()
    executor.migrate(target)


def person(apps, username, email, *addresses, **values):
    user = apps.get_model("accounts", "User").objects.create(username=username, email=email, **values)
    for number, address in enumerate(addresses):
        apps.get_model("account", "EmailAddress").objects.create(
            user_id=user.pk, email=address, verified=True, primary=number == 0
        )
    return user.pk


def proved(apps):
    rows = apps.get_model("account", "EmailAddress").objects.filter(verified=True)
    return set(rows.values_list("user__username", "email"))


def emails(apps):
    return dict(apps.get_model("accounts", "User").objects.values_list("username", "email"))


def test_the_rewriting_merges_nobody_gives_nothing_away_and_can_be_undone(before):
    now = timezone.now()
    # Taken over before: a stranger's address was attached to an account because it looks like its own.
    person(before, "taken-over", CHEF, CHEF, LOOK_ALIKE)
    person(before, "never-proved", "root@dihal-asso.example", "root@d\u0131hal-asso.example")
    # The first was proved; the second was only ever given; the third is another spelling of the first, proved too.
    person(before, "anne", "Anne@x.example", "anne@x.example", last_login=now - timedelta(days=300))
    person(before, "anne-2", "anne@x.example", last_login=now)
    person(before, "anne-3", "autre@x.example", "autre@x.example", "anne@\uff58.example", last_login=now)
    # Nobody proved this one: whoever came last has it.
    person(before, "old", "Bob@x.example", last_login=now - timedelta(days=300))
    person(before, "new", "bob@x.example", last_login=now)
    # One person, one address, twice; a domain with an accent; what no mail carries; no address at all.
    person(before, "kelvin", "kelvin@x.example", "kelvin@x.example", "\uff4belvin@x.example")
    person(before, "café", "c@café.example", "c@café.example")
    person(before, "odd", '"a b"@x.example')
    person(before, "none", "")
    person(before, "none-2", "")
    were = emails(before), proved(before)

    migrate(AFTER)
    after = state(AFTER)
    assert emails(after) == {
        "taken-over": CHEF,
        "never-proved": "root@dihal-asso.example",
        "anne": "anne@x.example",
        "anne-2": "",
        "anne-3": "autre@x.example",
        "old": "",
        "new": "bob@x.example",
        "kelvin": "kelvin@x.example",
        "café": "c@xn--caf-dma.example",
        "odd": '"a b"@x.example',
        "none": "",
        "none-2": "",
    }
    assert proved(after) == {
        ("taken-over", CHEF),
        ("anne", "anne@x.example"),
        ("anne-3", "autre@x.example"),
        ("kelvin", "kelvin@x.example"),
        ("café", "c@xn--caf-dma.example"),
    }
    assert known_person(email=STRANGER) is None
    assert known_person(email=LOOK_ALIKE) is None
    told = set(FormerAddress.objects.to_look_at().values_list("user__username", "email", "reason"))
    assert told == {
        ("taken-over", LOOK_ALIKE, "look-alike"),
        ("never-proved", "root@d\u0131hal-asso.example", "look-alike"),
        ("anne-2", "anne@x.example", "taken"),
        ("anne-3", "anne@\uff58.example", "taken"),
        ("old", "Bob@x.example", "taken"),
        ("odd", '"a b"@x.example', "unusable"),
    }

    migrate(BEFORE)
    assert proved(before) == were[1]
    lowered = {name: email.lower() for name, email in were[0].items()}
    assert {name: email.lower() for name, email in emails(before).items()} == lowered


def test_the_operator_is_told_until_each_address_was_looked_at(db, capsys):
    user = UserFactory(username="anne-2", email="")
    former = FormerAddress.objects.create(user=user, holder="user", row=user.pk, email="Anne@x.example", reason="taken")
    FormerAddress.objects.create(user=user, holder="user", row=user.pk, email="a@é.example", reason="rewritten")
    assert [found.id for found in run_checks(databases=["default"]) if found.id.startswith("hub.")] == ["hub.W020"]
    with pytest.raises(CommandError, match="1 adresse"):
        call_command("check_addresses")
    assert "« Anne@x.example » (adresse du compte « anne-2 »)" in capsys.readouterr().out.replace("\u00a0", " ")
    with pytest.raises(CommandError, match="ce numéro"):
        call_command("check_addresses", "--settled", str(former.pk + 1000))
    call_command("check_addresses", "--settled", str(former.pk))
    assert FormerAddress.objects.count() == 1
    assert [found.id for found in run_checks(databases=["default"]) if found.id.startswith("hub.")] == []
