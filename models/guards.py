"""Which rows may change only together with an audit entry, as triggers for both databases."""

from collections.abc import Iterator

from sqlalchemy import Index, Table, UniqueConstraint

from audit.trails import triggers as audit_guards
from audit.trails.triggers import Guard, kept
from models import tally_triggers
from models.base import Attached, Audited, Base, table_of
from states.lifecycle import NEW


def statements(dialect: str) -> Iterator[str]:
    """All triggers of the schema, for `sqlite` or `postgresql`."""
    for guard in (*audit_guards.GUARDS, *_INSTANCE, *_subject_guards()):
        yield from guard.render(dialect)
    yield from audit_guards.queueing(dialect)
    for table in (*_UNEMPTIED, *(table.name for table in _guarded_tables())):
        yield from audit_guards.emptying(table, dialect)
    yield from tally_triggers.statements(dialect)
    yield from audit_guards.binding(dialect)


_UNEMPTIED = ("lifecycles", "edges", "entries", "pending", "leaves", "instance")
_INSTANCE = (
    Guard(
        "instance_fixed",
        "instance",
        "UPDATE",
        "NEW.id ≠ OLD.id OR NEW.clock ≠ OLD.clock OR NEW.created_at ≠ OLD.created_at",
        "a database keeps the clock that it was made with",
    ),
    *kept("instance"),
    Guard("instance_once", "instance", "INSERT", "EXISTS (SELECT 1 FROM instance)", "a database is made only once"),
)


def _guarded() -> list[type[Audited | Attached]]:
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted((each for each in mapped if issubclass(each, Audited | Attached)), key=lambda each: each.__name__)


def _guarded_tables() -> list[Table]:
    return [table_of(each) for each in _guarded()]


def _subject_guards() -> Iterator[Guard]:
    for model, table in zip(_guarded(), _guarded_tables(), strict=True):
        told, first = _conditions(model)
        keys = [column.name for column in table.primary_key]
        changed = " OR ".join(
            f"NEW.{column.name} ≠ OLD.{column.name}" for column in table.columns if column.name not in model.unguarded
        )
        moved = " OR ".join(f"NEW.{key} ≠ OLD.{key}" for key in keys)
        yield Guard(
            f"{table.name}_told_first",
            table.name,
            "INSERT",
            f"NOT ({first})",
            f"a row of {table.name} comes with the audit entry that tells of it",
            " OR ".join((*_unnumbered(table), *(_taken(table, key, where) for key, where in _keys(table)))),
        )
        others = " AND NOT (" + " AND ".join(f"{key} = OLD.{key}" for key in keys) + ")"
        yield Guard(
            f"{table.name}_told",
            table.name,
            "UPDATE",
            f"({changed}) AND ({moved} OR NEW.seq <= OLD.seq OR NOT ({told}))",
            f"{table.name} change only with the audit entry that tells of it",
            " OR ".join(_taken(table, key, where + others) for key, where in _keys(table)[1:]),
        )
        yield from kept(table.name)


def _conditions(model: type[Audited | Attached]) -> tuple[str, str]:
    """Conditions on a row that changes, and on a new one."""
    if issubclass(model, Attached):
        # Once the subject stands on an entry, nothing more can ride on it.
        at = f"SELECT 1 FROM {model.subject.__tablename__} WHERE id = {model.number_of.format(row='NEW')}"
        told = f"{_last(model.trail_of('NEW'))} AND NOT EXISTS ({at} AND seq >= NEW.seq)"
        return told, told
    trail = f"'{model.kind}:' || NEW.id"
    told = _last(trail, " AND state = NEW.state AND hash = NEW.entry_hash")
    if not any(issubclass(each, Attached) and each.subject is model for each in _guarded()):
        return told, told
    # The row comes before what hangs on it, for the sake of foreign keys: before its first entry, then it steps on it.
    before = f"NEW.seq = 0 AND NEW.state = '{NEW}' AND length(NEW.entry_hash) = 0 AND {_last(trail, seq='1')}"
    return told, f"({told}) OR ({before})"


def _last(trail: str, more: str = "", seq: str = "NEW.seq") -> str:
    """The trail's last entry is this one."""
    entries = f"SELECT 1 FROM entries WHERE trail = {trail} AND seq"
    return f"EXISTS ({entries} = {seq}{more}) AND NOT EXISTS ({entries} > {seq})"


def _keys(table: Table) -> list[tuple[list[str], str]]:
    """The primary key first, then every other by which a row may be in another's way: columns, and on what rows."""
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    partial = [each for each in table.indexes if each.unique]
    return [
        ([column.name for column in table.primary_key], ""),
        *sorted(([column.name for column in each.columns], "") for each in unique),
        *sorted(([column.name for column in each.columns], _where(each)) for each in partial),
    ]


def _where(index: Index) -> str:
    condition = index.dialect_options["sqlite"]["where"]
    return "" if condition is None else f" AND {condition}"


def _taken(table: Table, key: list[str], where: str) -> str:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    return f"EXISTS (SELECT 1 FROM {table.name} WHERE {same}{where})"


def _unnumbered(table: Table) -> Iterator[str]:
    # SQLite numbers such a row itself, but only after the trigger has looked for an entry of the row -1.
    if "id" in table.columns:
        yield "NEW.id IS NULL OR NEW.id < 1"
