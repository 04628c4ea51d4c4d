import csv
import io

import pytest

from shoplens.spreadsheet import csv_table


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\n=1", "\0x"])
def test_no_cell_is_a_formula(text: str) -> None:
    row = list(csv.reader(io.StringIO(csv_table(["a"], [{"a": text}]), newline="")))[1]
    assert row == ["'" + text]


def test_other_cells_come_back_as_they_are() -> None:
    table = csv_table(["a", "b", "c"], [{"a": 'x, "y"', "b": -1.5, "c": None, "d": 1}, {"b": "连衣裙"}])
    assert list(csv.reader(io.StringIO(table, newline=""))) == [
        ["a", "b", "c"],
        ['x, "y"', "-1.5", ""],
        ["", "连衣裙", ""],
    ]
