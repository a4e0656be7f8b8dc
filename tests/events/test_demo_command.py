"""The command of the demonstration on a database that is not ready for it."""

import pytest
from django.core.management import CommandError, call_command

from hub.pages.starter import prepare_site
from initiatives.models import InitiativePage


@pytest.mark.django_db
def test_loading_too_early_says_what_to_do_first():
    with pytest.raises(CommandError, match="prepare_site"):
        call_command("load_demo")
    prepare_site()
    with pytest.raises(CommandError, match="load_territories"):
        call_command("load_demo")
    assert not InitiativePage.objects.exists()
