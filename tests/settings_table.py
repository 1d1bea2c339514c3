"""docs/settings.md, made of the places where config reads the environment: `make settings-table` writes it.

Each reading is an accessor's call (config/environment.py) with the variable's name, under a comment that begins with
`#:` and says in one or two lines what it is.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "settings.md"
BEGIN, END = "<!-- settings: begin -->\n", "<!-- settings: end -->\n"
OWN = {"at_least", "contact_keys", "networks", "rates", "secret", "switch", "token"}
# They answer without a variable.
OPTIONAL = OWN - {"at_least", "secret"}
NEEDED = "needed"
# None of the product's own, or needed with another alone.
FOREIGN, WITH_ANOTHER = (
    {"PATH", "DJANGO_SETTINGS_MODULE"},
    {"OPENID_CONNECT_CLIENT", "OPENID_CONNECT_SECRET", "CONTACT_HASH_KEY"},
)


@dataclass
class Setting:
    name: str
    default: str
    words: str
    where: str


def settings() -> list[Setting]:
    """Every variable that config reads, in the order of their names; the first place that has words tells."""
    found: dict[str, Setting] = {}
    for path in sorted((CHECKOUT / "config").glob("*.py"), key=lambda path: (path.name != "settings.py", path.name)):
        if path.name == "environment.py":
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for call in _calls(path):
            name, default = _name(call), _default(call)
            if not name or name in FOREIGN:
                continue
            known = found.setdefault(name, Setting(name, default, "", f"config/{path.name}"))
            known.words = known.words or _words(lines, call.lineno)
            if default == NEEDED:  # read again without one, where production is
                known.default = "" if name in WITH_ANOTHER else NEEDED
    return sorted(found.values(), key=lambda setting: setting.name)


def _calls(path: Path) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return sorted((call for call in calls if _reads(call.func)), key=lambda call: call.lineno)


def _reads(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in OWN
    if not isinstance(function, ast.Attribute):
        return False
    of = ast.unparse(function.value)
    if of == "os.environ":
        return function.attr == "get"
    return of == "env" and not function.attr.endswith("_config")


def _name(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    if isinstance(first, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in first.values)
    return ""


def _default(call: ast.Call) -> str:
    named = next((each.value for each in call.keywords if each.arg == "default"), None)
    value = named if named is not None else (call.args[1] if len(call.args) > 1 else None)
    if value is None:
        is_optional = isinstance(call.func, ast.Name) and call.func.id in OPTIONAL
        return "" if is_optional or ast.unparse(call.func) == "os.environ.get" else NEEDED
    if isinstance(value, ast.Constant):
        return f"`{value.value}`" if value.value not in ("", None) else ""
    return ""  # something that is worked out; its words say what


def _words(lines: list[str], line: int) -> str:
    """The `#:` comment right above, which may stand above a statement of several lines."""
    above = line - 2
    while above >= 0 and lines[above].strip().startswith("#:"):
        above -= 1
    return " ".join(each.strip().removeprefix("#:").strip() for each in lines[above + 1 : line - 1])


def table() -> str:
    rows = [f"| `{each.name}` | {each.default} | {each.words} |\n" for each in settings()]
    return "".join(["| variable | default | meaning |\n", "| --- | --- | --- |\n", *rows])


def page() -> str:
    """The page as it ought to be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + "\n" + table() + "\n" + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
