"""The guards as PostgreSQL triggers.

One function per table, named in its own schema with ``pg_temp`` last in the search path, so that a session's temporary
table cannot pose as ``version``. Triggers are ENABLE ALWAYS, so that ``session_replication_role`` does not switch them off.
A version's stage is read FOR SHARE: whoever changes something of a version that is just being published waits, and is
then refused. TRUNCATE … CASCADE fires the statement trigger of every table that it reaches.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from villagehub.storage import triggers_guards as guards
from villagehub.storage.triggers_guards import Guard

_ROW, _BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 4, 8, 16, 32
_EVENTS = {_INSERT: "INSERT", _DELETE: "DELETE", _UPDATE: "UPDATE", _TRUNCATE: "TRUNCATE"}

_TEXTS_EMPTIED = """
BEGIN
  IF p_was IS NOT DISTINCT FROM p_now THEN
    RETURN true;
  END IF;
  IF jsonb_typeof(p_was) IS DISTINCT FROM 'object' OR jsonb_typeof(p_now) IS DISTINCT FROM 'object' THEN
    RETURN false;
  END IF;
  RETURN (SELECT count(*) FROM jsonb_object_keys(p_was)) = (SELECT count(*) FROM jsonb_object_keys(p_now))
    AND NOT EXISTS (
      SELECT 1 FROM jsonb_each(p_was) AS o
      WHERE NOT coalesce(
        p_now -> o.key = o.value
        OR ((p_only IS NULL OR o.key = ANY (p_only)) AND jsonb_typeof(o.value) = 'string' AND p_now -> o.key = 'null'),
        false
      )
    );
END
"""

_FIELDS_EMPTIED = """
BEGIN
  IF jsonb_typeof(p_was) IS DISTINCT FROM 'object' OR jsonb_typeof(p_now) IS DISTINCT FROM 'object' THEN
    RETURN p_was IS NOT DISTINCT FROM p_now;
  END IF;
  RETURN (SELECT count(*) FROM jsonb_object_keys(p_was)) = (SELECT count(*) FROM jsonb_object_keys(p_now))
    AND NOT EXISTS (
      SELECT 1 FROM jsonb_each(p_was) AS o
      WHERE NOT vh_texts_emptied(o.value, p_now -> o.key, ARRAY['value', 'salt'])
    );
END
"""

_ERASURE_NAMES = """
BEGIN
  RETURN EXISTS (
    SELECT 1 FROM "erasure" e JOIN "erasure_target" t ON t.erasure_id = e.id
    WHERE e.id = p_erasure AND t.what = p_what AND t.target_id = p_target
  );
END
"""


def _refuse(message: str) -> str:
    return f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}';"


def _sealed(guard: Guard, x: str) -> str:
    stages = guard.seal.stages
    if stages is None:
        return "true"
    if " v " not in stages:
        return f"{stages.removeprefix('SELECT ').format(x=x)} = 'published'"
    # The stage is looked at only after the lock is held: a plain WHERE would judge it as the statement first saw it.
    held = f"WITH held AS MATERIALIZED ({stages.format(x=x)} FOR SHARE OF v)"
    return f"EXISTS ({held} SELECT 1 FROM held WHERE held.stage = 'published')"


def _through_door(guard: Guard) -> str:
    door = guard.door
    if door is None:
        return "false"
    opened = ", ".join(f"'{column}'" for column in door.opened)
    held = [f"to_jsonb(NEW) - ARRAY[{opened}] = to_jsonb(OLD) - ARRAY[{opened}]"]
    for column in dict.fromkeys((*door.texts, *door.sealed_fields, *door.whole)):
        if column in door.texts:
            keys = f"ARRAY[{', '.join(repr(key) for key in door.keys)}]" if door.keys else "NULL"
            rule = f"vh_texts_emptied(OLD.{column}, NEW.{column}, {keys})"
        elif column in door.sealed_fields:
            rule = f"vh_fields_emptied(OLD.{column}, NEW.{column})"
        else:
            rule = f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}"
        named = f" AND OLD.name = '{door.whole_named}'" if door.whole_named and column in door.texts else ""
        held.append(f"((NEW.{column} IS NULL{named}) OR {rule})" if column in door.whole else rule)
    held.extend(f"(NEW.{column} = '' OR NEW.{column} IS NOT DISTINCT FROM OLD.{column})" for column in door.blank)
    held.append(f"vh_erasure_names(NEW.erasure_id, '{door.what}', OLD.{door.target})")
    return "(" + "\n      AND ".join(held) + ")"


def _refused_update(guard: Guard) -> str:
    if guard.frozen == guards.ALL_COLUMNS:
        return f"NOT {_through_door(guard)}"
    if guard.frozen:
        return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in guard.frozen)
    sealed = _sealed(guard, "OLD")
    if guard.belongs:
        sealed = f"({sealed}\n      OR {_sealed(guard, 'NEW')})"
    return f"{sealed} AND NOT {_through_door(guard)}" if guard.door else sealed


def _body(guard: Guard) -> str:
    """The trigger function of one table."""
    lines = ["", "BEGIN", "  IF TG_OP = 'DELETE' THEN", f"    IF {_sealed(guard, 'OLD')} THEN"]
    lines += [f"      {_refuse(guard.refusal)}", "    END IF;", "    RETURN OLD;", "  END IF;"]
    lines += ["  IF TG_OP = 'UPDATE' THEN", f"    IF {_refused_update(guard)} THEN"]
    lines += [f"      {_refuse(guard.refusal)}", "    END IF;"]
    if guard.staged:
        pairs = ", ".join(f"('{held}', '{wanted}')" for held, wanted in guards.STEPS)
        lacking = " OR ".join(f"NEW.{column} IS NULL" for column in guards.PUBLISHED_WITH)
        moved = f"coalesce((OLD.stage, NEW.stage) IN (VALUES {pairs}), false)"
        lines += [f"    IF NEW.stage IS DISTINCT FROM OLD.stage AND NOT {moved} THEN"]
        lines += [f"      {_refuse(guards.STEP_SKIPPED)}", "    END IF;"]
        lines += [f"    IF NEW.stage = 'published' AND ({lacking}) THEN"]
        lines += [f"      {_refuse(guards.UNFINISHED)}", "    END IF;"]
    lines += ["    RETURN NEW;", "  END IF;"]
    if guard.belongs:
        lines += [f"  IF {_sealed(guard, 'NEW')} THEN", f"    {_refuse(guard.refusal)}", "  END IF;"]
    if guard.staged:
        lines += ["  IF NEW.stage IS DISTINCT FROM 'draft' THEN", f"    {_refuse(guards.BORN_DRAFT)}", "  END IF;"]
    return "\n".join([*lines, "  RETURN NEW;", "END", ""])


@dataclass(frozen=True, slots=True)
class _Function:
    name: str
    arguments: str
    returns: str
    body: str

    def create(self, schema: str) -> str:
        return (
            f"CREATE FUNCTION {self.name}({self.arguments}) RETURNS {self.returns} LANGUAGE plpgsql"
            f" SET search_path = {schema}, pg_temp AS $vh${self.body}$vh$"
        )


@dataclass(frozen=True, slots=True)
class _Trigger:
    name: str
    table: str
    bits: int
    function: str

    def create(self) -> list[str]:
        events = " OR ".join(word for bit, word in _EVENTS.items() if self.bits & bit)
        each = "ROW" if self.bits & _ROW else "STATEMENT"
        when = f'BEFORE {events} ON "{self.table}" FOR EACH {each}'
        return [
            f"CREATE TRIGGER {self.name} {when} EXECUTE FUNCTION {self.function}()",
            f'ALTER TABLE "{self.table}" ENABLE ALWAYS TRIGGER {self.name}',
        ]

    @property
    def seen(self) -> str:
        return f"{self.table} {self.bits} A {self.function} whole"


_SHARED = (
    _Function("vh_texts_emptied", "p_was jsonb, p_now jsonb, p_only text[]", "boolean", _TEXTS_EMPTIED),
    _Function("vh_fields_emptied", "p_was jsonb, p_now jsonb", "boolean", _FIELDS_EMPTIED),
    _Function("vh_erasure_names", "p_erasure bigint, p_what text, p_target bigint", "boolean", _ERASURE_NAMES),
    _Function("vh_no_truncate", "", "trigger", f"\nBEGIN\n  {_refuse(guards.NO_TRUNCATE)}\nEND\n"),
)


def _pieces(connection: Connection) -> tuple[list[_Function], list[_Trigger]]:
    held = tables(connection)
    functions, triggers = list(_SHARED), []
    for guard in guards.GUARDS:
        if guard.table not in held:
            continue
        name = f"vh_guard_{guard.table}"
        functions.append(_Function(name, "", "trigger", _body(guard)))
        entering = _INSERT if guard.belongs or guard.staged else 0
        triggers.append(_Trigger(f"vh_{guard.table}", guard.table, _ROW | _BEFORE | _UPDATE | _DELETE | entering, name))
    for table in (*(guard.table for guard in guards.GUARDS), *guards.TRUNCATE_ONLY):
        if table in held:
            triggers.append(_Trigger(f"vh_{table}_truncate", table, _BEFORE | _TRUNCATE, "vh_no_truncate"))
    return (functions if triggers else []), triggers


def _schema(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one())


def expected(connection: Connection) -> dict[str, str]:
    """The functions and triggers that belong into this database, by name, as the catalogue shows them."""
    functions, triggers = _pieces(connection)
    path = f"search_path={_schema(connection)}, pg_temp"
    seen = {f"{one.name}()": f"plpgsql {path} {one.body}" for one in functions}
    return seen | {one.name: one.seen for one in triggers}


_PRESENT_FUNCTIONS = """
SELECT p.proname, l.lanname, array_to_string(p.proconfig, ';'), p.prosrc, p.oid::regprocedure::text
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = current_schema()::regnamespace AND starts_with(p.proname, 'vh_')
ORDER BY p.proname
"""

_PRESENT_TRIGGERS = """
SELECT t.tgname, c.relname, t.tgtype, t.tgenabled::text, p.proname,
       t.tgqual IS NULL AND t.tgattr = '' AND p.pronamespace = current_schema()::regnamespace
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
ORDER BY t.tgname
"""


def present(connection: Connection) -> dict[str, str]:
    """The functions and triggers of ours that the database holds."""
    found: dict[str, str] = {}
    for name, language, path, body, _ in connection.exec_driver_sql(_PRESENT_FUNCTIONS):
        found[f"{name}()"] = f"{language} {path} {body}"
    for name, table, bits, enabled, function, whole in connection.exec_driver_sql(_PRESENT_TRIGGERS):
        if name.startswith(guards.PREFIX):
            found[name] = f"{table} {bits} {enabled} {function} {'whole' if whole else 'narrowed'}"
    return found


def strangers(connection: Connection) -> list[str]:
    """Triggers and rewrite rules on guarded tables that are not ours, as ``table.name``."""
    names = [guard.table for guard in guards.GUARDS]
    found = [(table, name) for name, table, *_ in connection.exec_driver_sql(_PRESENT_TRIGGERS)]
    rules = connection.exec_driver_sql("SELECT tablename, rulename FROM pg_rules WHERE schemaname = current_schema()")
    ours = {*found, *((table, name) for table, name in rules)}
    return sorted(f"{table}.{name}" for table, name in ours if table in names and not name.startswith(guards.PREFIX))


def tables(connection: Connection) -> set[str]:
    """The names of all tables."""
    return set(
        connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").scalars()
    )


def install(connection: Connection) -> None:
    """Creates every expected function and trigger; none of ours may be there."""
    functions, triggers = _pieces(connection)
    schema = _schema(connection)
    for function in functions:
        connection.exec_driver_sql(function.create(schema))
    for trigger in triggers:
        for sql in trigger.create():
            connection.exec_driver_sql(sql)


def drop(connection: Connection) -> None:
    """Drops every trigger and function of ours."""
    for name, table, *_ in connection.exec_driver_sql(_PRESENT_TRIGGERS).all():
        if name.startswith(guards.PREFIX):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}" ON "{table}"')
    for *_, signature in connection.exec_driver_sql(_PRESENT_FUNCTIONS).all():
        connection.exec_driver_sql(f"DROP FUNCTION {signature}")
