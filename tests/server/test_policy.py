"""The policy follows the installed page, not a number somebody once wrote down."""

import base64
import hashlib

from server.policy import (
    INDEX_PAGE,
    content_security_policy,
    inline_script_hashes,
    security_headers,
)


def test_the_hash_is_that_of_the_installed_page() -> None:
    page = INDEX_PAGE.read_text(encoding="utf-8")
    script = page.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert inline_script_hashes(page) == (f"'sha256-{digest}'",)
    assert f"'sha256-{digest}'" in content_security_policy()


def test_scripts_may_neither_be_written_into_the_page_nor_made_from_text() -> None:
    scripts = next(p for p in content_security_policy().split("; ") if p.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "http" not in scripts


def test_a_page_with_several_inline_scripts_allows_each_of_them() -> None:
    assert len(inline_script_hashes("<script>a()</script> <script>b()</script>")) == 2


def test_no_page_elsewhere_may_frame_this_one() -> None:
    assert "frame-ancestors 'none'" in security_headers()["content-security-policy"]
    assert security_headers()["x-frame-options"] == "DENY"
