"""One run, part by part, on the scratch database. Django stands before this is imported."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from articles.demo import install_demo
from benchmarks import growth
from benchmarks.api import measure_api
from benchmarks.articles import measure_articles
from benchmarks.computing import choose_computations
from benchmarks.conversation import choose_conversation, fill_conversation
from benchmarks.exporting import measure_exports
from benchmarks.intake import LIMIT_SECONDS, bring_in
from benchmarks.machine import describe_machine
from benchmarks.pages import choose_pages, measure_pages
from benchmarks.panel import plan_panel
from benchmarks.posting import measure_posting
from benchmarks.results import Results
from benchmarks.scratch import CannotMeasure
from benchmarks.search import measure_search
from benchmarks.stored import measure_store
from benchmarks.timing import FULL, QUICK, time_all

PARTS = ("import", "articles", "pages", "computations", "exports", "search", "growth", "conversation", "api", "stored")


def measure(
    folder: Path, only: Collection[str], is_quick: bool, say: Callable[[str], None], peers: Sequence[str] = ()
) -> Results:
    """`only` names parts, pages or computations; empty for all. The panel is brought in whatever is asked."""
    pace = QUICK if is_quick else FULL
    results = Results(describe_machine())

    say("Preparing a database with the demo ...")
    prepare()
    say("Importing a panel ...")
    imports = bring_in(plan_panel(), folder / "panel.csv", "panel", LIMIT_SECONDS, repeats=not is_quick)
    results.imports = imports if _wants(only, "import") else []

    addresses, subjects = choose_pages(), choose_computations()
    _refuse_unknown(only, [*(a.key for a in addresses), *(s.key for s in subjects)])
    if _wants(only, "articles"):
        say("Reading articles ...")
        results.articles = measure_articles()
    if chosen := [address for address in addresses if _wants(only, "pages", address.key)]:
        say("Measuring pages ...")
        results.pages = measure_pages(chosen, pace)
    if wanted := [subject for subject in subjects if _wants(only, "computations", subject.key)]:
        say("Measuring computations ...")
        timings = time_all(wanted, pace)
        results.computations = [(subject, timings[subject.key]) for subject in wanted]
    if _wants(only, "exports"):
        say("Downloading the whole record ...")
        results.exports = measure_exports()
    if _wants(only, "search"):
        say("Searching ...")
        results.search = measure_search(is_quick)
    if _wants(only, "growth"):
        say("Importing a larger table and measuring growth ...")
        results.imports += bring_in(growth.plan(is_quick), folder / "growth.csv", "growth", repeats=False)
        sizes = growth.choose_sizes()
        results.growth = measure_pages([address for addresses in sizes for address in addresses], pace)
        results.notes += growth.find_uneven(sizes, results.growth)
    if _wants(only, "conversation"):
        say("Filling a conversation and measuring it ...")
        fill_conversation()
        results.conversation = measure_pages(choose_conversation(), pace)
        say("Posting to the site and to Isso ...")
        results.posting, notes = measure_posting(folder, is_quick, say)
        results.notes += notes
    if _wants(only, "api"):
        say("Asking the API, and Wagtail's ...")
        results.api, notes = measure_api(folder, is_quick, say)
        results.notes += notes
    if _wants(only, "stored"):
        say("Serving pages ...")
        results.stored = measure_store(folder, is_quick, peers)
    return results


def prepare() -> None:
    """As `make run` would, with hashed and compressed static files."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    install_demo(timezone.now())


def _wants(only: Collection[str], *names: str) -> bool:
    return not only or any(name in only for name in names)


def _refuse_unknown(only: Collection[str], keys: list[str]) -> None:
    if unknown := [name for name in only if name not in PARTS and name not in keys]:
        raise CannotMeasure(f"Nothing is called {', '.join(unknown)}. There are: {', '.join([*PARTS, *keys])}.")
