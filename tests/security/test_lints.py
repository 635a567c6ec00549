"""What no page and no service may hold: caches of somebody's figures, state of one visitor kept for
the next, HTML made of data, actions with yesterday's rights. Read from the code itself."""

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from components.elements import NAMES, SCRIPTS
from services.settings import PROJECT
from tests.common.rights.matrix import RIGHTS_OF_ACTIONS

FOLDERS: Final = ("wording", "pages", "components", "services", "server", "sample")
FILES: Final = {
    path.relative_to(PROJECT).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in (
        *(each for folder in FOLDERS for each in sorted((PROJECT / folder).rglob("*.py"))),
        PROJECT / "app.py",
        PROJECT / "asgi.py",
    )
}

# Everything that is computed once for all visitors, and why it is nobody's in particular.
CACHED: Final = {
    ("wording/money.py", "currency_symbol"): "of a currency",
    ("server/first_paint.py", "head"): "of the installed framework",
    ("server/policy.py", "content_security_policy"): "of the installed framework",
    ("server/policy.py", "security_headers"): "of the installed framework",
    ("components/elements/__init__.py", "_drawing"): "of the files beside the code",
    ("components/elements/__init__.py", "_version"): "of the files beside the code",
    ("services/activation/request.py", "example_phone"): "of a country",
    ("services/activation/request.py", "time_zones"): "of the time zone data",
    ("services/database/embedded/programs.py", "binaries"): "of the installed server",
    ("services/database/start.py", "database"): "engines; every transaction says whose it is",
    ("services/digest/letter.py", "_environment"): "of the letters' templates",
    ("services/exports/page/drawing.py", "_known_signs"): "of the font",
    ("services/exports/page/drawing.py", "_register_fonts"): "of the font",
    ("services/marketplaces/amazon/settings.py", "amazon_settings"): "of the installation",
    ("services/marketplaces/contract.py", "plain_name"): "of a column's header",
    ("services/marketplaces/walmart/words.py", "entries"): "of the files beside the code",
    ("services/marketplaces/walmart/client/known.py", "_members"): "of the files beside the code",
    ("services/marketplaces/walmart/settings.py", "walmart_settings"): "of the installation",
    ("services/settings.py", "settings"): "of the installation",
}
_CACHES: Final = {"lru_cache", "cache", "cache_data", "cache_resource", "cached", "memoize"}


def _name(node: ast.expr) -> str:
    """`st.cache_data(ttl=3)` -> cache_data."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_nothing_of_a_visitor_is_cached() -> None:
    """A new cache belongs into CACHED with its reason; of anybody's figures there is none."""
    found = {
        (file, function.name)
        for file, tree in FILES.items()
        for function in _functions(tree)
        if any(_name(decorator) in _CACHES for decorator in function.decorator_list)
    }
    assert found == set(CACHED)


def test_streamlits_own_caches_are_not_used_at_all() -> None:
    """They are one for all visitors, and are keyed by what they are given and nothing else."""
    found = [
        f"{file}:{node.lineno}"
        for file, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith(("cache_", "experimental_memo"))
        and isinstance(node.value, ast.Name)
        and node.value.id == "st"
    ]
    assert found == []


# State that outlives a visit ---------------------------------------------------------------------

_CHANGES: Final = {
    "append",
    "add",
    "update",
    "setdefault",
    "pop",
    "popitem",
    "clear",
    "extend",
    "insert",
    "remove",
    "discard",
}
# Changed while the process runs, and nobody's in particular.
CHANGED: Final = {
    ("services/database/embedded/users.py", "_memberships"),  # of this process in its server
    ("services/database/embedded/answers.py", "_silent_since"),
    ("services/database/embedded/process.py", "_spawned"),
    ("server/failures.py", "_lately"),  # where it broke, under which reference: of no account
}


def test_no_module_keeps_anything_from_one_visit_to_the_next() -> None:
    found = {
        (file, name)
        for file, tree in FILES.items()
        if not file.startswith(("sample", "services/landing"))
        for name in _changed_globals(tree)
    }
    assert found == CHANGED


def _changed_globals(tree: ast.Module) -> Iterator[str]:
    kept = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for function in _functions(tree):
        own = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)} | {
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield from node.names
            name = _changed(node)
            if name in kept - own:
                yield name


def _changed(node: ast.AST) -> str:
    """The name whose contents a statement changes: `name[…] = …`, `del name[…]`, `name.add(…)`."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return getattr(node.value, "id", "")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return getattr(node.func.value, "id", "") if node.func.attr in _CHANGES else ""
    return ""


# HTML --------------------------------------------------------------------------------------------


def test_no_html_is_made_of_data() -> None:
    """`st.html` takes a file of our own; nothing else writes HTML or scripts into a page."""
    found = [
        f"{file}:{node.lineno}"
        for file, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _writes_html(node)
    ]
    assert found == []


_SCRIPT_WRITES: Final = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|createContextualFragment|document\.write"
    r"|eval\(|Function\(|import\(|fetch\(|\.(src|href|srcdoc)\b|setAttribute\((?!\"aria-)"
)


def test_scripts_of_our_own_put_words_in_as_text_alone() -> None:
    scripts = {path.name: path.read_text("utf-8") for path in sorted(SCRIPTS.iterdir())}
    assert {f"{name}.js" for name in NAMES} <= {*scripts}
    assert [
        (name, _SCRIPT_WRITES.findall(text))
        for name, text in scripts.items()
        if _SCRIPT_WRITES.search(text)
    ] == []


def test_every_element_of_our_own_comes_from_one_place() -> None:
    """There, what it shows is data, and its script a file of ours."""
    found = {
        file
        for file, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node) in {"component", "_bidi_component"}
    }
    assert found == {"components/elements/__init__.py"}


def _writes_html(call: ast.Call) -> bool:
    names = {keyword.arg for keyword in call.keywords}
    if names & {"unsafe_allow_html", "unsafe_allow_javascript"}:
        return True
    if _name(call) == "html" and _is_of("st", call):
        return not (isinstance(call.args[0], ast.Name) and call.args[0].id.isupper())
    return _name(call) in {"iframe", "declare_component"} or (
        _name(call) in {"component", "html"} and _is_of("components", call)
    )


def _is_of(module: str, call: ast.Call) -> bool:
    function = call.func
    return isinstance(function, ast.Attribute) and _name(function.value) == module


# Pictures that a page draws, and why none of them is a file at an open address.
PICTURES: Final = {
    ("components/page.py", "logo"): "the brand's own",
    ("components/sign_in.py", "logo"): "the brand's own",
    ("components/sign_in.py", "image"): "the brand's own",
    ("components/sparkline.py", "image"): "an SVG, which travels inside the page",
}
_AT_MEDIA: Final = {"download_button", "image", "audio", "video", "pdf", "logo"}


def test_no_file_is_handed_to_the_open_media_addresses() -> None:
    """Whoever has such an address has the file: ours are signed, and ask who is there."""
    found = {
        (file, _name(node))
        for file, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _is_of("st", node) and _name(node) in _AT_MEDIA
    }
    assert found <= set(PICTURES)


# Actions -----------------------------------------------------------------------------------------

# What writes, by the name it is called by in pages.
_READS: Final = {
    "calls_with",
    "calls_before",
    "told",
    "subscription",
    "is_sent",
    "digest_of",
    "preview",
    "followed",
    "followed_here",
    "fetched",
    "calendar_for",
    "write_file",
    "summary_pdf",
    "leave",
    "come_back",
    "read_summary",
    "channels_to_load",
    "dropped",
    "new_drop",
    "places_to_load",
    "standing",
}
_PEOPLE: Final = {"invite", "change", "disable", "enable", "forget_identity", "end_sign_ins"}
WRITES: Final = {name.rpartition(".")[2] for name in RIGHTS_OF_ACTIONS} - _READS | _PEOPLE
AS_OF_NOW: Final = {"as_of_now", "still_here"}
# Written while the page itself is drawn, after its first statement has asked who is there.
DRAWN: Final = {
    ("pages/seller/marketplace_sections/claim.py", "_send"): "in the page itself",
    ("pages/everyone/summary_section.py", "_offer"): "in the page itself",
    ("pages/everyone/summary_section.py", "_running"): "in the page itself",
    ("pages/support/delivery_section.py", "_send_again"): "in the page itself",
    ("pages/shared/call_dialog.py", "_log"): "of _draw, which asks first",
    ("pages/shared/call_dialog.py", "_undo"): "of _draw, which asks first",
    ("pages/operator/people_sections/dialogs.py", "_steps"): "of _draw_person, which asks first",
}


@pytest.mark.parametrize("file", [one for one in FILES if one.startswith("pages/")])
def test_what_is_done_at_a_press_asks_again_who_presses(file: str) -> None:
    """A press comes before its page is drawn anew, with the viewer that the last one had."""
    ours = _from_services(FILES[file])
    unasked = {
        (file, function.name)
        for function in _functions(FILES[file])
        if _writes(function, ours) and not _within(FILES[file], function) & AS_OF_NOW
    }
    assert unasked <= set(DRAWN)


def _from_services(tree: ast.Module) -> set[str]:
    """What a file calls by a name that it has from services/."""
    return {
        each.asname or each.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services")
        for each in node.names
    }


def _writes(function: ast.FunctionDef, ours: set[str]) -> bool:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    direct = {one.id for one in calls if isinstance(one, ast.Name)} & ours
    by_module = {
        one.attr for one in calls if isinstance(one, ast.Attribute) and _name(one.value) in ours
    }
    return bool((direct | by_module) & WRITES)


def _calls(function: ast.FunctionDef) -> set[str]:
    return {_name(node) for node in ast.walk(function) if isinstance(node, ast.Call)}


def test_a_dialog_that_asks_the_database_asks_again_who_is_there() -> None:
    """A dialog is drawn anew by itself, without the page and its first statement."""
    unasked = [
        f"{file}: {function.name}"
        for file, tree in FILES.items()
        if file.startswith("pages/")
        for function in _functions(tree)
        if function.name in _dialogs(tree)
        and "database" in _within(tree, function)
        and not _within(tree, function) & AS_OF_NOW
    ]
    assert unasked == []


def _dialogs(tree: ast.Module) -> set[str]:
    """Functions that are drawn in a dialog: `st.dialog(…)(draw)(…)`."""
    return {
        _name(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.func, ast.Call)
        and _name(node.func) == "dialog"
    }


def _within(tree: ast.Module, function: ast.FunctionDef) -> set[str]:
    """What a function calls, by itself or by others of its file."""
    known = {one.name: one for one in _functions(tree)}
    found, waiting = set[str](), [function.name]
    while waiting:
        called = _calls(known[waiting.pop()])
        waiting += [name for name in called - found if name in known]
        found |= called
    return found


# Files -------------------------------------------------------------------------------------------

_ASKS_FOR_FILES: Final = {"file_uploader", "camera_input", "audio_input", "chat_input"}


def test_no_page_asks_for_a_file() -> None:
    """The framework's own way is closed to everybody (server/doors.py). Report files are dropped
    on an element of ours, and go to a route that asks who sends them (server/dropping.py).
    """
    found = [
        f"{file}:{node.lineno}"
        for file, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node) in _ASKS_FOR_FILES
    ]
    assert found == []
