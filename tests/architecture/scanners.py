"""What the architecture tests look for: each function takes source text and gives the faults in it.

They read the syntax tree, never import or run what they judge. That each one can find its fault is shown in
`test_scanners.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "anagen"

# --- medicine is pure

PURE_MODULES = frozenset(
    "__future__ abc bisect calendar collections contextlib copy dataclasses datetime decimal enum "
    "fractions functools hashlib heapq itertools json math operator re statistics string types typing "
    "unicodedata".split()
)
CLOCKS = frozenset({"today", "now", "utcnow", "localtime", "monotonic", "perf_counter", "time_ns"})
OUTSIDE = frozenset({"open", "input", "print", "eval", "exec", "compile", "__import__", "breakpoint"})
FILES = frozenset({"read_text", "write_text", "read_bytes", "write_bytes", "getenv", "environ"})
BROAD = frozenset({"Exception", "BaseException"})


def impurities(source: str) -> list[str]:
    """What in a module of medicine asks the clock, the disk, the surroundings or another layer."""
    return [f"line {line}: {what}" for line, what in sorted(_impurities(ast.parse(source)))]


def _impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    if not _pure_module(alias.name):
                        yield node.lineno, f"imports {alias.name}"
            case ast.ImportFrom(module=module, level=level):
                if level == 0 and not _pure_module(module or ""):
                    yield node.lineno, f"imports {module}"
            case ast.Attribute(attr=name) if name in CLOCKS | FILES:
                yield node.lineno, f"uses .{name}"
            case ast.Call(func=ast.Name(id=name)) if name in OUTSIDE | CLOCKS:
                yield node.lineno, f"calls {name}()"
            case ast.Global(names=names):
                yield node.lineno, f"changes module state: global {', '.join(names)}"
            case ast.ExceptHandler(type=kind) if kind is None or (
                isinstance(kind, ast.Name) and kind.id in BROAD
            ):
                yield node.lineno, "catches every exception"


def _pure_module(name: str) -> bool:
    return (
        name.split(".")[0] in PURE_MODULES or name == "anagen.medicine" or name.startswith("anagen.medicine.")
    )


# --- only actions write

ALWAYS_WRITES = frozenset(
    name
    for verb in (
        "save",
        "delete",
        "create",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    )
    for name in (verb, f"a{verb}")
) | {"save_base", "save_m2m", "create_user", "create_superuser", "delete_model"}
UPDATES = frozenset({"update", "aupdate", "_raw_delete"})
QUERY_STEPS = frozenset(
    "all filter exclude annotate alias order_by reverse distinct select_related prefetch_related "
    "select_for_update using only defer none union intersection difference get_queryset".split()
)
WRITING_VIEWS = frozenset({"CreateView", "UpdateView", "DeleteView", "ModelAdmin"})
WRITING_SQL = re.compile(
    r"\b(insert\s+(or\s+\w+\s+)?into|replace\s+into|update\s+[\w\"{}.%]+\s+set|delete\s+from|truncate|merge\s+into"
    r"|(create|drop|alter)\s+(temp\w*\s+|unique\s+|or\s+replace\s+)*(table|trigger|index|view|function|schema))\b",
    re.IGNORECASE,
)
EXECUTES = frozenset({"execute", "executemany", "executescript"})


def database_writes(source: str) -> list[str]:
    """What in a module writes to the database.

    `update` of a dict or set is told from a query's by what it is called on: a chain with `.objects`, `…_set` or
    a step of a query in it, or a name that was given such a chain. `actions.create_user(…)` is the way to do it.
    """
    finder = _Writes()
    finder.visit(ast.parse(source))
    return [f"line {line}: {what}" for line, what in sorted(set(finder.found))]


class _Writes(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self.functions: list[str] = []
        self.queries: list[set[str]] = [set()]
        self.texts: dict[str, str] = {}

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.functions.append(node.name)
        self.queries.append(set(self.queries[-1]))
        self.generic_visit(node)
        self.queries.pop()
        self.functions.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in WRITING_VIEWS:
            self.found.append((node.lineno, f"{node.id} writes by itself"))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in WRITING_VIEWS:
            self.found.append((node.lineno, f"{node.attr} writes by itself"))
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._remember(target.id, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and node.value is not None:
            self._remember(node.target.id, node.value)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._remember(node.target.id, node.value)
        self.generic_visit(node)

    def _remember(self, name: str, value: ast.expr) -> None:
        text = _text(value, {})
        if text is not None:
            self.texts[name] = text
        if self._is_query(value):
            self.queries[-1].add(name)
        else:
            self.queries[-1].discard(name)

    def _is_query(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self.queries[-1] or name in {"queryset", "qs"}
            case ast.Attribute(attr=name, value=value):
                manager = name in {"objects", "_default_manager", "_base_manager"} or name.endswith("_set")
                return manager or self._is_query(value)
            case ast.Call(func=ast.Attribute(attr=name, value=value)):
                return name in QUERY_STEPS and self._is_query(value)
            case ast.Subscript(value=value):
                return self._is_query(value)
        return False

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            name, on = node.func.attr, node.func.value
            asks_actions = isinstance(on, ast.Name) and on.id.split("_")[-1] == "actions"
            writes = name in ALWAYS_WRITES and not (asks_actions or self._passes_on(name, on))
            if writes or (name in UPDATES and self._is_query(on)):
                self.found.append((node.lineno, f"{ast.unparse(on)[:60]}.{name}() writes"))
            if name in EXECUTES and node.args:
                self._sql(node.lineno, node.args[0])
        self.generic_visit(node)

    def _passes_on(self, name: str, on: ast.expr) -> bool:
        """`super().save()` inside `save` starts no write: it passes on one that an action started."""
        inside_its_own = bool(self.functions) and self.functions[-1] == name
        return inside_its_own and isinstance(on, ast.Call) and ast.unparse(on.func) == "super"

    def _sql(self, line: int, argument: ast.expr) -> None:
        text = _text(argument, self.texts)
        if text is None:
            self.found.append((line, f"SQL that cannot be read here: {ast.unparse(argument)[:60]}"))
        elif WRITING_SQL.search(text):
            self.found.append((line, f"SQL that writes: {' '.join(text.split())[:60]}"))


def _text(node: ast.expr, known: dict[str, str]) -> str | None:
    """The text of an expression, with {} for what is put in at run time; None if it cannot be read."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = _text(left, known), _text(right, known)
            return None if None in parts else "".join(filter(None, parts))
        case ast.BinOp(left=left, op=ast.Mod()):
            return _text(left, known)
        case ast.Call(func=ast.Attribute(attr="format", value=value)):
            return _text(value, known)
        case ast.Name(id=name):
            return known.get(name)
    return None


# --- actions have one shape


def offered(front: str) -> frozenset[str]:
    """The names that the `__init__` of a package offers in `__all__`."""
    for node in ast.parse(front).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def ill_shaped_actions(source: str, offered: frozenset[str] | None = None) -> list[str]:
    """Actions (public functions that write, or that somebody does) with arguments by position, or that write
    outside a transaction. Plain helpers beside them are left alone; in a package, whatever it does not offer."""
    found = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if offered is not None and node.name not in offered:
            continue
        text = ast.unparse(node)
        writes = any(fault.endswith("writes") for fault in database_writes(text))
        atomic = "atomic" in text
        by_position = [*node.args.posonlyargs, *node.args.args]
        if by_position and (writes or atomic or "by" in {each.arg for each in by_position}):
            found.append(f"line {node.lineno}: {node.name}() takes arguments by position")
        if writes and not atomic:
            found.append(f"line {node.lineno}: {node.name}() writes outside a transaction")
    return found


# --- pages fetch nothing from outside

FETCHES = re.compile(
    r"""<(?!a\b)[a-z][^>]*?\s(?:src|href|srcset|poster|action|data|hx-get|hx-post)\s*=\s*["']?\s*(?:https?:)?//
    |@import\s+(?:url\()?\s*["']?\s*(?:https?:)?//
    |url\(\s*["']?\s*(?:https?:)?//
    |\b(?:fetch|import|importScripts|WebSocket|EventSource|sendBeacon)\s*\(\s*["'`](?:https?:|wss?:)?//
    """,
    re.IGNORECASE | re.VERBOSE,
)


def outside_fetches(text: str) -> list[str]:
    """Where a template, style sheet or script would fetch from another machine. A link is no fetch."""
    return [
        f"line {text.count(chr(10), 0, hit.start()) + 1}: {' '.join(hit.group().split())[:70]}"
        for hit in FETCHES.finditer(text)
    ]


# --- tests that may not run


def tests_that_may_not_run(source: str) -> list[str]:
    """Skips and expected failures: a test runs, or it is not there."""
    barred = {
        "skip",
        "skipif",
        "xfail",
        "importorskip",
        "skipIf",
        "skipUnless",
        "expectedFailure",
        "SkipTest",
    }
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr in barred
        and ast.unparse(node.value).split(".")[0] in {"pytest", "unittest"}
    ]
