"""The trail on PostgreSQL: one trigger function per audited table, one that appends, one lock that keeps the
order.

The acting person travels in the setting `anagen.actor`, local to the transaction, so that nothing is left
behind in a pooled connection. It is sent in front of the first write of a transaction, in the same round
trip.

The lock: the number of an entry and the seal before it can only be known when every earlier entry is
committed or gone. So a transaction that writes to the clinic holds one advisory lock from its first write to
its end, and writers take turns, as they do on SQLite. Each statement takes it before it touches a row (a
trigger per statement; for SELECT … FOR UPDATE in front of the statement), so nobody waits for the lock while
holding a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name

from . import chain, policy, rows
from .context import current_actor
from .wording import GROWS, GUARDED, NO_TRUNCATE, NOBODY, OUT_OF_ORDER

PREFIX = "anagen_audit_"
ENTRY_LOCK = 0x414E_4147_0001  # "ANAG", 1: any number, always the same
READ_LOCK = 0x414E_4147_0002

_WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|MERGE|WITH|CALL|DO|SELECT anagen_audit_read)\b", re.IGNORECASE
)
_LOCKS_ROWS = re.compile(r"\bFOR\s+(NO\s+KEY\s+)?UPDATE\b", re.IGNORECASE)

# pg_trigger.tgtype
_EACH_ROW, _BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 4, 8, 16, 32


# --- the acting person


def prepare(connection: BaseDatabaseWrapper) -> None:
    """Let every statement of the connection pass `_announce` first."""
    if _announce not in connection.execute_wrappers:
        connection.execute_wrappers.append(_announce)


class _Told:
    """What the database session was told last. Registered as a commit hook: Django forgets it exactly when
    PostgreSQL forgets the transaction's setting, at commit, rollback, and rollback to an earlier
    savepoint."""

    def __init__(self, who: str) -> None:
        self.who = who

    def __call__(self) -> None:
        """Nothing is left to do at commit: the setting ends with the transaction."""


def _announce(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Send what the triggers must know in front of the statement that needs it, if they do not know it
    yet."""
    connection = context["connection"]
    if not isinstance(sql, str):
        return execute(sql, params, many, context)
    if _WRITES.match(sql):
        actor = current_actor()
        who = "" if actor is None else actor.token
        if who == _told(connection):
            return execute(sql, params, many, context)
        result = _together(
            execute, "SELECT set_config('anagen.actor', %s, true)", who, sql, params, many, context
        )
        if connection.in_atomic_block:
            transaction.on_commit(_Told(who), using=connection.alias, robust=True)
        return result
    if connection.in_atomic_block and _LOCKS_ROWS.search(sql):
        lock = "SELECT pg_advisory_xact_lock(%s)"
        return _together(execute, lock, ENTRY_LOCK, sql, params, many, context)
    return execute(sql, params, many, context)


def _told(connection: Any) -> str:
    """What the current transaction carries in `anagen.actor`; empty when it was told nothing."""
    for hook in reversed(connection.run_on_commit):
        if isinstance(hook[1], _Told):
            return hook[1].who
    return ""


def _together(
    execute: Callable[..., Any],
    first: str,
    value: Any,
    sql: str,
    params: Any,
    many: bool,
    context: dict[str, Any],
) -> Any:
    """Run `first`, then `sql`, in one transaction and, but for executemany, in one round trip."""
    connection = context["connection"]
    if many or connection.settings_dict["OPTIONS"].get("server_side_binding"):
        with transaction.atomic(using=connection.alias, savepoint=False):
            execute(first, [value], False, context)
            return execute(sql, params, many, context)
    joined: Any
    if isinstance(params, dict):
        first, joined = first.replace("%s", "%(anagen_first)s"), {**params, "anagen_first": value}
    elif params is None:
        # Without parameters a percent sign is only itself; beside a parameter it has to be doubled.
        sql, joined = sql.replace("%", "%%"), [value]
    else:
        joined = [value, *params]
    result = execute(f"{first}; {sql}", joined, False, context)
    cursor = context["cursor"]
    while cursor.nextset():
        pass
    return result


# --- functions and triggers


def functions(models_: list[type[models.Model]]) -> dict[str, tuple[str, str, str]]:
    """Name of each function → (its arguments, what it returns, its body)."""
    made = {
        f"{PREFIX}append": (
            "p_table text, p_row text, p_operation text, p_patient bigint, p_old text, p_new text",
            "bigint",
            _APPEND,
        ),
        f"{PREFIX}read": ("p_patient bigint, p_what text, p_goes_on boolean", "void", _APPEND_READ),
        f"{PREFIX}queue": (
            "",
            "trigger",
            f"BEGIN {_TAKE_TURN} RETURN NULL; END",
        ),
        f"{PREFIX}keep": ("", "trigger", f"BEGIN RAISE EXCEPTION '{GUARDED}' USING ERRCODE = '23000'; END"),
        f"{PREFIX}grow": ("", "trigger", f"BEGIN RAISE EXCEPTION '{GROWS}' USING ERRCODE = '23000'; END"),
        f"{PREFIX}no_truncate": (
            "",
            "trigger",
            f"BEGIN RAISE EXCEPTION '{NO_TRUNCATE}' USING ERRCODE = '23000'; END",
        ),
        f"{PREFIX}keep_order": ("", "trigger", _KEEP_ORDER),
        f"{PREFIX}only_from_triggers": ("", "trigger", _ONLY_FROM_TRIGGERS),
    }
    for model in models_:
        made[_function_of(model)] = ("", "trigger", _row_function(model))
    return made


def triggers(models_: list[type[models.Model]]) -> dict[str, tuple[str, int, str]]:
    """Name of each trigger → (its table, when it fires as `pg_trigger.tgtype`, the function it calls)."""
    made: dict[str, tuple[str, int, str]] = {}
    for model in models_:
        table = model._meta.db_table
        any_write = _INSERT | _DELETE | _UPDATE
        made[_short(f"{PREFIX}{table}_queue")] = (table, _BEFORE | any_write, f"{PREFIX}queue")
        made[_short(f"{PREFIX}{table}_row")] = (table, _EACH_ROW | any_write, _function_of(model))
        made[_short(f"{PREFIX}{table}_no_truncate")] = (table, _BEFORE | _TRUNCATE, f"{PREFIX}no_truncate")
        if policy.records_grow(model):
            made[_short(f"{PREFIX}{table}_grow")] = (table, _BEFORE | _UPDATE | _DELETE, f"{PREFIX}grow")
    for table in ("audit_entry", "audit_read"):
        made[f"{PREFIX}{table}_keep"] = (table, _BEFORE | _UPDATE | _DELETE | _TRUNCATE, f"{PREFIX}keep")
        order = f"{PREFIX}only_from_triggers" if table == "audit_entry" else f"{PREFIX}keep_order"
        made[f"{PREFIX}{table}_keep_order"] = (table, _BEFORE | _EACH_ROW | _INSERT, order)
    return made


def create_function(name: str, arguments: str, returns: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {returns} "
        f"LANGUAGE plpgsql AS $anagen${body}$anagen$"
    )


def create_trigger(name: str, table: str, kind: int, function: str) -> str:
    time = "BEFORE" if kind & _BEFORE else "AFTER"
    events = " OR ".join(
        word
        for bit, word in (
            (_INSERT, "INSERT"),
            (_UPDATE, "UPDATE"),
            (_DELETE, "DELETE"),
            (_TRUNCATE, "TRUNCATE"),
        )
        if kind & bit
    )
    each = "ROW" if kind & _EACH_ROW else "STATEMENT"
    return (
        f"CREATE OR REPLACE TRIGGER {rows.quoted(name)} {time} {events} ON {rows.quoted(table)} "
        f"FOR EACH {each} EXECUTE FUNCTION {function}()"
    )


def installed_functions(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name → body of the functions of ours that the database has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE starts_with(proname, %s) "
            "AND pronamespace = current_schema()::regnamespace AND proconfig IS NULL",
            [PREFIX],
        )
        return dict(cursor.fetchall())


def installed_triggers(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, int, str]]:
    """The triggers of ours that fire: enabled, without a condition, for all columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname, t.tgtype, p.proname FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE starts_with(t.tgname, %s) AND c.relnamespace = current_schema()::regnamespace "
            "AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgattr = ''::int2vector",
            [PREFIX],
        )
        return {name: (table, kind, function) for name, table, kind, function in cursor.fetchall()}


def drop(name: str, table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {rows.quoted(name)} ON {rows.quoted(table)}"


def _short(name: str) -> str:
    """PostgreSQL keeps 63 characters of a name."""
    return truncate_name(name, 63)


def _function_of(model: type[models.Model]) -> str:
    return _short(f"{PREFIX}of_{model._meta.db_table}")


def written(kind: str, values: list[str]) -> str:
    """SQL for chain.written(): `values` are SQL expressions in the order of the chain's fields."""
    texts = ", ".join(f"{value}::text" for value in values)
    return f"array_to_json(ARRAY['{kind}', {texts}])::text"


def at_as_text(moment: str) -> str:
    return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"


def _seal(kind: str, values: list[str]) -> str:
    return f"encode(sha256(convert_to({written(kind, values)}, 'UTF8')), 'hex')"


# A plain expression costs PL/pgSQL a tenth of a PERFORM; the lock function returns nothing worth comparing.
_TAKE_TURN = f"IF pg_advisory_xact_lock({ENTRY_LOCK}) IS NULL THEN NULL; END IF;"
_WHO = "v_who text := current_setting('anagen.actor', true); v_bar int; v_id bigint; v_name text;"
_SPLIT = """
    v_bar := strpos(v_who, '|');
    v_id := nullif(left(v_who, v_bar - 1), '')::bigint;
    v_name := substr(v_who, v_bar + 1);
"""

_AS_TEXT = {"number": "v_number", "at": at_as_text("v_at"), "actor_id": "v_id", "actor": "v_name"}
_AS_TEXT |= {"patient_id": "p_patient", "table_name": "p_table", "row_key": "p_row"}
_AS_TEXT |= {"operation": "p_operation", "old": "p_old", "new": "p_new", "what": "p_what"}
_AS_TEXT |= {"previous": "v_previous"}
_ENTRY_SEAL = _seal(chain.ENTRY, [_AS_TEXT[name] for name in chain.ENTRY_FIELDS])
_READ_SEAL = _seal(chain.READ, [_AS_TEXT[name] for name in chain.READ_FIELDS])

_APPEND = f"""
DECLARE
    {_WHO}
    v_number bigint; v_previous text; v_at timestamptz; v_seal text;
BEGIN
    IF coalesce(v_who, '') = '' THEN
        RAISE EXCEPTION '{NOBODY.format(table="%")}', p_table USING ERRCODE = '23000';
    END IF;
    {_SPLIT}
    {_TAKE_TURN}
    SELECT e.number, e.hash INTO v_number, v_previous FROM audit_entry e ORDER BY e.number DESC LIMIT 1;
    v_number := coalesce(v_number, 0) + 1;
    v_previous := coalesce(v_previous, '{chain.BEGINNING}');
    v_at := clock_timestamp();
    v_seal := {_ENTRY_SEAL};
    INSERT INTO audit_entry (number, at, actor_id, actor, patient_id, table_name, row_key, operation, old,
        new, previous, hash)
    VALUES (v_number, v_at, v_id, v_name, p_patient, p_table, p_row, p_operation, p_old, p_new, v_previous,
        v_seal);
    RETURN v_number;
END
"""

_APPEND_READ = f"""
DECLARE
    {_WHO}
    v_number bigint; v_previous text; v_at timestamptz; v_seal text;
BEGIN
    IF coalesce(v_who, '') = '' THEN
        RAISE EXCEPTION '{NOBODY.format(table="audit_read")}' USING ERRCODE = '23000';
    END IF;
    {_SPLIT}
    IF p_goes_on THEN  -- the transaction may write as well: always the same order of the two locks
        PERFORM pg_advisory_xact_lock({ENTRY_LOCK});
    END IF;
    PERFORM pg_advisory_xact_lock({READ_LOCK});
    SELECT e.number, e.hash INTO v_number, v_previous FROM audit_read e ORDER BY e.number DESC LIMIT 1;
    v_number := coalesce(v_number, 0) + 1;
    v_previous := coalesce(v_previous, '{chain.BEGINNING}');
    v_at := clock_timestamp();
    v_seal := {_READ_SEAL};
    INSERT INTO audit_read (number, at, actor_id, actor, patient_id, what, previous, hash)
    VALUES (v_number, v_at, v_id, v_name, p_patient, p_what, v_previous,
        v_seal);
END
"""

_ONLY_FROM_TRIGGERS = f"""
BEGIN
    IF pg_trigger_depth() < 2 THEN  -- 1 is this trigger; the one of an audited table makes it 2
        RAISE EXCEPTION '{OUT_OF_ORDER}' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END
"""

_KEEP_ORDER = f"""
DECLARE v_last bigint;
BEGIN
    SELECT max(number) INTO v_last FROM audit_read;
    IF NEW.number IS DISTINCT FROM coalesce(v_last, 0) + 1 THEN
        RAISE EXCEPTION '{OUT_OF_ORDER}' USING ERRCODE = '23000';
    END IF;
    RETURN NEW;
END
"""


def _row_function(model: type[models.Model]) -> str:
    """The trigger of one table. Written out column by column with IF: PL/pgSQL keeps such small expressions
    ready, while one large expression is prepared anew for each transaction."""
    columns = model._meta.local_concrete_fields
    plain = not any(policy.is_secret(rows.column(field)) for field in columns)

    def appended(row: str, operation: str, old: str, new: str) -> str:
        key = rows.value(row, str(model._meta.pk.column))
        return (
            f"v_patient := {rows.patient(model, row)};\n        v_number := {PREFIX}append("
            f"'{model._meta.db_table}', {key}::text, '{operation}', v_patient, {old}, {new});"
        )

    def whole(row: str) -> str:
        return f"to_json({row})::text" if plain else rows.whole(row, model, json_of)

    changes = "\n        ".join(
        f"IF {rows.value('OLD', name)} IS DISTINCT FROM {rows.value('NEW', name)} THEN "
        f"v_old := v_old || ',\"{name}\":' || {json_of('OLD', field)}; "
        f"v_new := v_new || ',\"{name}\":' || {json_of('NEW', field)}; END IF;"
        for name, field in ((rows.column(field), field) for field in columns)
    )
    return f"""
DECLARE v_old text := ''; v_new text := ''; v_patient bigint; v_number bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        {changes}
        IF v_new = '' THEN
            RETURN NULL;
        END IF;
        v_old := '{{' || substr(v_old, 2) || '}}';
        v_new := '{{' || substr(v_new, 2) || '}}';
        {appended("OLD", "update", "v_old", "v_new")}
    ELSIF TG_OP = 'INSERT' THEN
        {appended("NEW", "insert", "NULL", whole("NEW"))}
    ELSE
        {appended("OLD", "delete", whole("OLD"), "NULL")}
    END IF;
    RETURN NULL;
END
"""


def json_of(row: str, field: Any) -> str:
    """SQL for one column as JSON text, never NULL."""
    value = rows.value(row, field.column)
    kind = field.get_internal_type()
    if policy.is_secret(field.column):
        return f"CASE WHEN {value} IS NULL THEN 'null' ELSE '\"{policy.HIDDEN}\"' END"
    if kind == "JSONField":
        return f"coalesce({value}::text, 'null')"
    if kind == "BinaryField":
        return f"coalesce('\"' || encode({value}, 'hex') || '\"', 'null')"
    return f"coalesce(to_json({value})::text, 'null')"


APPEND_READ = f"SELECT {PREFIX}read(%s, %s, %s)"
