"""Documents for tests and histories about programs, all of them invented."""

import io
from collections.abc import Sequence

import docx

PROTOCOL = """Министерство образования Озёрной области

ПРОТОКОЛ № 8

совещания с руководителями районов

1 июня 2020 года

РЕШИЛИ:

1. Главам районов:

1.1 разработать и утвердить программы поддержки школ.

Срок – 30 июня 2020 года.

1.2 программы направить в министерство.

Срок – до 30 июня 2020 года.

2. Директорам школ:

2.1 провести мониторинг результатов обучения.

Срок – 30 июня 2020 года.

2.2 по результатам мониторинга разработать программы повышения качества.

Срок – 30 июня 2020 года.

Директор департамента

О.П. Камышова
"""

MONITORING = (
    "Мониторинг проведён.\n\nПроблема 1: низкая читательская грамотность\n\nПроблема 2: нехватка учителей математики\n"
)


def program(addressee: str, *measures: tuple[str, str], more: str = "") -> bytes:
    """A program in order: names its addressee, dates, somebody responsible, and measures against problems."""
    rows = "".join(f"{problem}\t{measure}\t1 октября 2020 года\tСинеозёрова И.И.\n" for problem, measure in measures)
    table = (
        f"Проблема\tМера\tСрок\tОтветственный\n{rows}\n"
        if rows
        else "Срок: 1 октября 2020 года. Ответственный: Синеозёрова И.И.\n"
    )
    return f"Программа поддержки\n\n{addressee}\n\n{table}\n{more}\n".encode()


def wording(seed: str, count: int = 120) -> str:
    """So many words that no other seed gives."""
    return " ".join(f"{seed}{number}" for number in range(count))


def word_file(*paragraphs: str, table: Sequence[Sequence[str]] = ()) -> bytes:
    """A DOCX file."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, value in zip(row.cells, cells, strict=True):
                cell.text = value
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
