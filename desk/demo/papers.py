"""Papers that the demo's people hand in: short documents, all of them invented."""

import io
import zlib
from collections.abc import Sequence

import docx

from commands.context.evidence_store import Attachment
from commands.registers.assignments import AssignmentLine

_WEAK = (
    "низкая техника чтения в начальной школе",
    "нехватка учителей математики",
    "слабая подготовка к экзаменам по физике",
    "пропуски занятий без причины",
    "мало занятий после уроков",
)
_HELP = (
    "кружок чтения и школьная библиотека по субботам",
    "курсы переподготовки и учитель из соседней школы",
    "пробные экзамены и разбор ошибок раз в месяц",
    "беседы с родителями и помощь классного руководителя",
    "студии и спортивные секции во второй половине дня",
)
_WHO = ("Осокина Р.Л.", "Тростников Е.Б.", "Карпухин И.В.", "Уклейкина Н.С.", "Ершова З.Т.")


def lot(line: AssignmentLine, of: int, salt: str = "") -> int:
    """A number from 0 to `of` - 1 that an assignment draws once and for all."""
    return zlib.crc32(f"{salt}/{line.item}/{line.organisation_id}".encode()) % of


def report(line: AssignmentLine, *, poor: bool) -> Attachment:
    """The document for one assignment; a poor program forgets dates, people and one measure."""
    if line.item == "2.1":
        return _monitoring(line)
    if line.item in ("1.3", "2.2"):
        return _program(line, poor=poor)
    return _word("otchet.docx", [f"Отчёт об исполнении пункта {line.item}", line.addressee, "Исполнено."], ())


def _monitoring(line: AssignmentLine) -> Attachment:
    rows = [("№", "Проблема"), *((str(at), _WEAK[each]) for at, each in enumerate(_of_school(line), start=1))]
    return _word("monitoring.docx", ["Итоги исследования причин низких результатов", line.addressee], rows)


def _of_school(line: AssignmentLine) -> list[int]:
    start = line.organisation_id % len(_WEAK)
    return [start, (start + 1) % len(_WEAK)]


def _program(line: AssignmentLine, *, poor: bool) -> Attachment:
    head = ["Программа повышения качества обучения на 2020–2021 учебный год", line.addressee]
    if poor:
        return _word("programma.docx", ["Программа повышения качества обучения", "Мероприятия уточняются."], ())
    answers = _of_school(line)
    rows: list[tuple[str, ...]] = [("Проблема", "Мера", "Срок", "Ответственный")]
    rows += [
        (_WEAK[each], _HELP[each], f"до {10 + each} октября 2020 года", _WHO[(each + line.organisation_id) % len(_WHO)])
        for each in answers
    ]
    return _word("programma.docx", [*head, _own_words(line)], rows)


def _own_words(line: AssignmentLine) -> str:
    """A paragraph that no other organisation has."""
    words = (_WEAK[lot(line, 5, "a")], _HELP[lot(line, 5, "b")], _WHO[lot(line, 5, "c")], line.addressee)
    return "Особенность: " + "; ".join(words) + f". Карточка {line.id}."


def _word(name: str, paragraphs: Sequence[str], rows: Sequence[Sequence[str]]) -> Attachment:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = value
    document.add_paragraph("(пример, данные вымышлены)")
    target = io.BytesIO()
    document.save(target)
    return Attachment(name, target.getvalue())
