from tests.desk.conftest import Reader


def test_every_page_answers(reader: Reader) -> None:
    for path in ("/", "/protocols/1", "/assignments/1", "/trails/assignment:1", "/trails/protocol:1", "/health"):
        assert reader.ask(path).status_code == 200, path
