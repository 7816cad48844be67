"""Which rows may change only together with an audit entry, as triggers for both databases."""

from collections.abc import Iterator

from sqlalchemy import Index, Table, UniqueConstraint

from audit import guards as audit_guards
from audit.guards import Guard, kept
from models.base import Attached, Audited, Base, table_of


def statements(dialect: str) -> Iterator[str]:
    """All triggers of the schema, for `sqlite` or `postgresql`."""
    for guard in (*audit_guards.GUARDS, *_subject_guards()):
        yield from guard.render(dialect)
    yield from audit_guards.queueing(dialect)
    for table in ("lifecycles", "edges", "entries", *(table.name for table in _guarded_tables())):
        yield from audit_guards.emptying(table, dialect)
    yield from audit_guards.binding(dialect)


def _guarded() -> list[type[Audited | Attached]]:
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted((each for each in mapped if issubclass(each, Audited | Attached)), key=lambda each: each.__name__)


def _guarded_tables() -> list[Table]:
    return [table_of(each) for each in _guarded()]


def _subject_guards() -> Iterator[Guard]:
    for model, table in zip(_guarded(), _guarded_tables(), strict=True):
        if issubclass(model, Audited):
            trail = f"'{model.kind}:' || NEW.id"
            told = (
                f"EXISTS (SELECT 1 FROM entries WHERE trail = {trail} AND seq = NEW.seq "
                "AND state = NEW.state AND hash = NEW.entry_hash)"
            )
        else:
            trail = model.trail_of.format(row="NEW")
            told = f"EXISTS (SELECT 1 FROM entries WHERE trail = {trail} AND seq = NEW.seq)"
        last = f"NOT EXISTS (SELECT 1 FROM entries WHERE trail = {trail} AND seq > NEW.seq)"
        keys = [column.name for column in table.primary_key]
        changed = " OR ".join(
            f"NEW.{column.name} ≠ OLD.{column.name}" for column in table.columns if column.name not in model.unguarded
        )
        moved = " OR ".join(f"NEW.{key} ≠ OLD.{key}" for key in keys)
        yield Guard(
            f"{table.name}_told_first",
            table.name,
            "INSERT",
            f"NOT ({told} AND {last})",
            f"a row of {table.name} comes with the audit entry that tells of it",
            " OR ".join((*_unnumbered(table), *(_taken(table, key, where) for key, where in _keys(table)))),
        )
        others = " AND NOT (" + " AND ".join(f"{key} = OLD.{key}" for key in keys) + ")"
        yield Guard(
            f"{table.name}_told",
            table.name,
            "UPDATE",
            f"({changed}) AND ({moved} OR NEW.seq <= OLD.seq OR NOT ({told} AND {last}))",
            f"{table.name} change only with the audit entry that tells of it",
            " OR ".join(_taken(table, key, where + others) for key, where in _keys(table)[1:]),
        )
        yield from kept(table.name)


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
