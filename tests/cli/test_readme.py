"""The README keeps its word: its questions have answers, and its process.yaml is obeyed."""

import re
from pathlib import Path

import pytest

from bpa_assets.event_log.demo.log_file import write_demo_log
from bpa_assets.settings import read_process_config
from bpa_cli.main import main
from tests.cli.conftest import Bpa, forget_home
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text()
QUESTIONS = re.findall(r"```sql\n(.*?)```", README, re.DOTALL) + re.findall(r'^bpa sql "(.*)"$', README, re.MULTILINE)


def test_the_readme_asks_its_three_questions() -> None:
    for question in ("ten slowest transitions", "Cases per week", "Median cycle time by month"):
        assert question in README
    assert len(QUESTIONS) == 6


@pytest.fixture(scope="module")
def holed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the process `orders`, made from a log with holes in it."""
    folder = tmp_path_factory.mktemp("holed")
    write_demo_log(folder / "orders.csv", cases=300, with_truth=False)
    with pytest.MonkeyPatch.context() as patch:
        forget_home(patch)
        assert main(["run", str(folder / "orders.csv"), "--home", str(folder / "home")]) == 0
    return folder / "home"


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_the_readme_has_an_answer(question: str, holed_home: Path, bpa: Bpa) -> None:
    ended = bpa("sql", "--csv", question.replace("'order-to-cash'", "'orders'"), "--home", holed_home)
    assert ended.status == 0, ended.err
    head, *rows = ended.out.splitlines()
    assert head
    assert rows
    assert len(rows) == 10 or "limit 10" not in question


def test_the_settings_in_the_readme_are_obeyed(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "process.yaml"
    path.write_text(text)
    config = read_process_config(path)
    assert config.name == "Order to cash"
    assert config.model_fields_set == set(type(config).model_fields)


def test_every_table_that_the_readme_names_is_published(home: Path, bpa: Bpa) -> None:
    section = README.split("## Tables", 1)[1].split("\n## ", 1)[0]
    names = [name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall("`(.*?)`", row)]
    assert len(names) >= 15
    for name in names:
        table = name.replace("event_<process>", "event_orders")
        ended = bpa("sql", "--csv", f"from {table} limit 1", "--home", home)
        assert ended.status == 0, ended.err
