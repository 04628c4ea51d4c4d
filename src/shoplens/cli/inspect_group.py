"""The group `shoplens inspect`: an inspection where no other command of it is named."""

from __future__ import annotations

import typer
from typer.core import TyperGroup

from shoplens.cli import inspect_lines
from shoplens.cli.inspect import inspect

_DEFAULT = "run"


class InspectGroup(TyperGroup):
    """Takes what is no command of the group, such as a folder or an option, for arguments of `run`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Read the arguments."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=InspectGroup,
    help="""Find what is wrong with photos and products: a shop's, a folder's, a feed's, or by a learned product line.

Without the name of a command it is `run`: `shoplens inspect photos/` is `shoplens inspect run photos/`.

Examples: `shoplens inspect`, `shoplens inspect photos/ --rules google-2027`,
`shoplens inspect learn cookies good/`.""",
)
app.command(_DEFAULT)(inspect)
inspect_lines.add_to(app)
