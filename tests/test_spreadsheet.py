import csv
import io

import pytest

from shoplens.spreadsheet import csv_table, read_cell, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\r=1",
        " =1",
        "\n=1",
        "\0x",
        "\xa0=1",
        "\u3000\t-1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    row = list(csv.reader(io.StringIO(csv_table(["a"], [{"a": text}]), newline="")))[1]
    assert row == ["'" + text]


@pytest.mark.parametrize("text", ["-5", "'-5", "''-5", "' =1", "'s-Hertogenbosch", "'", "", " '-5", "\tx", "a-b"])
def test_a_cell_is_read_as_it_was(text: str) -> None:
    assert read_cell(str(safe_cell(text))) == text


def test_other_cells_come_back_as_they_are() -> None:
    table = csv_table(["a", "b", "c"], [{"a": 'x, "y"', "b": -1.5, "c": None, "d": 1}, {"b": "连衣裙"}])
    assert list(csv.reader(io.StringIO(table, newline=""))) == [
        ["a", "b", "c"],
        ['x, "y"', "-1.5", ""],
        ["", "连衣裙", ""],
    ]
