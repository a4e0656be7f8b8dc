"""The files an operator copies, and the guide that tells to."""

import re

import pytest
from django.conf import settings
from django.template import loader

from hub.web.serving import FORM_BYTES
from tests.proxies.running import FILES, PAGES

GUIDE = (settings.BASE_DIR / "docs" / "exploitation.md").read_text(encoding="utf-8")
CONFIGURATIONS = sorted(path.name for path in FILES.iterdir() if path.is_file())

each_file = pytest.mark.parametrize("name", CONFIGURATIONS)


@each_file
def test_the_guide_leads_to_each_file_and_says_where_to_copy_it(name):
    row = next(line for line in GUIDE.splitlines() if f"](../hub/deploy/proxies/{name})" in line)
    target = re.search(r"à copier en (/\S+?)\.? ", (FILES / name).read_text(encoding="utf-8")).group(1)
    assert f"`{target}`" in row


def test_the_guide_keeps_no_configuration_of_its_own():
    assert "proxy_pass" not in GUIDE
    assert sorted(re.findall(r"\]\(\.\./hub/deploy/proxies/([^)]+)\)", GUIDE)) == CONFIGURATIONS


@each_file
def test_each_replaces_the_same_headers_and_allows_the_same_sizes(name):
    text = (FILES / name).read_text(encoding="utf-8")
    for header in (
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "Forwarded",
        "X-Real-IP",
        "X-Forwarded-Host",
        "X-Forwarded-Ssl",
    ):
        assert re.search(rf"(?:set-header|set_header|del-header|header_up) -?{header}\b", text), header
    megabytes, recordings = FORM_BYTES // 1024**2, settings.WAGTAILDOCS_MAX_UPLOAD_SIZE // 1024**2 + 10
    sizes = (
        {f"{megabytes}m;", f"{recordings}m;"}
        if name == "nginx.conf"
        else {f" {FORM_BYTES}", f" {recordings * 1024**2}"}
    )
    assert [size for size in sizes if size not in text] == []


@pytest.mark.parametrize("page", ["400", "413", "503"])
def test_the_pages_of_the_proxies_are_those_of_the_hub(page):
    assert (PAGES / f"{page}.html").read_text(encoding="utf-8") == loader.render_to_string(f"{page}.html")
