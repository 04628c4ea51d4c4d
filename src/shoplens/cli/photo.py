"""`shoplens photo`: process picture files by a recipe."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.progress import progress_bar
from shoplens.photos.suffixes import PHOTO_SUFFIXES

if TYPE_CHECKING:
    from shoplens.photos.encode import EncodeFormat
    from shoplens.photos.recipe import Recipe

app = typer.Typer(no_args_is_help=True, help="Process picture files.")

_SUFFIX_FORMATS: dict[str, EncodeFormat] = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".webp": "webp",
}
_FORMAT_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}


@dataclass(frozen=True, slots=True)
class _Job:
    """One picture to process: where from, where to, and as what."""

    source: Path
    target: Path
    format: EncodeFormat


@dataclass(frozen=True, slots=True)
class _Failure:
    """One picture that could not be processed, and why."""

    file: str
    code: str
    reason: str


@app.callback()
def _group() -> None:
    """Process picture files."""


@app.command()
def process(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A picture, or a folder of pictures.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file or folder to write.")],
    recipe: Annotated[
        str,
        typer.Option(help="Steps such as 'resize:800x800,denoise,pad:1.0', or a TOML or JSON file that lists them."),
    ],
    format: Annotated[
        str, typer.Option(help="jpeg, png or webp; by default as OUT says, else as the picture is.")
    ] = "",
    quality: Annotated[int, typer.Option(min=1, max=100, help="For jpeg and webp.")] = 90,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Apply a recipe to a picture or to every picture of a folder.

    Files are written upright, as RGB and without metadata. A file that fails is listed with its reason and does not
    stop the rest; the exit code is then 1.

    Examples: `shoplens photo process in.jpg out.webp --recipe resize:800x800`,
    `shoplens photo process photos/ square/ --recipe pad:1.0,resize:512x512`.
    """
    steps = _read_recipe(recipe)
    jobs, skipped = _plan(source, target, format)
    begin = time.perf_counter()
    failures = [failure for failure in _run(jobs, steps, quality) if failure]
    seconds = time.perf_counter() - begin
    if as_json:
        summary = {
            "processed": len(jobs) - len(failures),
            "failed": [{"file": f.file, "code": f.code, "reason": f.reason} for f in failures],
            "skipped": skipped,
            "recipe": steps.to_dict() | {"digest": steps.digest},
            "seconds": round(seconds, 3),
        }
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        for failure in failures:
            typer.echo(f"{failure.file}: {failure.reason} [{failure.code}]", err=True)
        others = f", {skipped} other files skipped" if skipped else ""
        typer.echo(f"{len(jobs) - len(failures)} processed, {len(failures)} failed{others}, {seconds:.1f} s.")
    if failures:
        raise typer.Exit(1)


def _read_recipe(text: str) -> Recipe:
    from shoplens.photos.recipe import Recipe

    if Path(text).suffix.lower() in (".toml", ".json"):
        return Recipe.load(Path(text))
    return Recipe.parse(text)


def _plan(source: Path, target: Path, format: str) -> tuple[list[_Job], int]:
    """Return what to do, and how many files of the folder are no pictures."""
    from shoplens.errors import BadInput, NotFound, UnknownName

    if format and format not in _FORMAT_SUFFIXES:
        raise UnknownName("format to write", format, _FORMAT_SUFFIXES)
    if source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.is_file())
        pictures = [path for path in files if path.suffix.lower() in PHOTO_SUFFIXES]
        taken: set[Path] = set()
        jobs = [_job(path, target / path.relative_to(source), format, taken) for path in pictures]
        skipped = len(files) - len(pictures)
    elif source.is_file():
        into_folder = target.is_dir() or not target.suffix
        jobs, skipped = [_job(source, target / source.name if into_folder else target, format, set())], 0
    else:
        raise NotFound("There is no such file or folder.", received=source, remedy="Check the path.")
    if any(job.target.resolve() == job.source.resolve() for job in jobs):
        raise BadInput("IN and OUT are the same.", received=target, remedy="Write to another file or folder.")
    return jobs, skipped


def _job(source: Path, target: Path, format: str, taken: set[Path]) -> _Job:
    wanted = format or _SUFFIX_FORMATS.get(target.suffix.lower(), "png")
    chosen: EncodeFormat = "jpeg" if wanted == "jpeg" else "webp" if wanted == "webp" else "png"
    if _SUFFIX_FORMATS.get(target.suffix.lower()) != chosen:
        target = target.with_suffix(_FORMAT_SUFFIXES[chosen])
    if target in taken:
        # a.jpg and a.gif beside each other would both become a.png.
        target = target.with_name(source.name + _FORMAT_SUFFIXES[chosen])
    taken.add(target)
    return _Job(source, target, chosen)


def _run(jobs: list[_Job], recipe: Recipe, quality: int) -> Iterator[_Failure | None]:
    """Yield for each picture None or why it failed, in order of the jobs."""
    with progress_bar("Processing photos") as tick, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for number, result in enumerate(pool.map(lambda job: _process(job, recipe, quality), jobs), start=1):
            tick(number, len(jobs))
            yield result


def _process(job: _Job, recipe: Recipe, quality: int) -> _Failure | None:
    from shoplens.errors import ShopLensError
    from shoplens.photos.decode import decode_file
    from shoplens.photos.encode import encode
    from shoplens.replace_file import replace_file

    try:
        data = encode(recipe.apply(decode_file(job.source).pixels), job.format, quality)
        job.target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(job.target, data)
    except ShopLensError as error:
        return _Failure(str(job.source), error.code, f"{error.what} {error.remedy}".strip())
    except OSError as error:
        return _Failure(str(job.source), "write_failed", f"{job.target} cannot be written: {error.strerror}.")
    return None
