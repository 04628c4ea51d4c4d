"""`python -m shoplens` is `shoplens`."""

from shoplens.cli.main import run

run()
