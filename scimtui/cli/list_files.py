"""What a command over a list leaves behind: a file with what became of each line, and one with the lines that are left."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scimtui.cli.keys import STDIN, Wanted
from scimtui.cli.output import note
from scimtui.cli.selecting import Whom
from scimtui.cli.sending import CANCELLED
from scimtui.cli.writing import Planned
from scimtui.config import home_path
from scimtui.errors import UsageError
from scimtui.ops.exporting import obstacle, write_export
from scimtui.ops.list_results import Done, by_entry, results_of
from scimtui.ops.people_list import Entry, MatchReport
from scimtui.ops.plan_file import kept_path, new_batch
from scimtui.present.cells import safe
from scimtui.present.formats import csv_lines
from scimtui.present.list_words import RESULTS, left_delimiter, left_rows, result_rows
from scimtui.present.wording import count_of


@dataclass(frozen=True, slots=True)
class ListFiles:
    """Where the files of a list go, and the batch that they are about."""

    wanted: Wanted
    results: Path
    batch: str

    @property
    def failures(self) -> Path:
        """Where the lines that are left go, in the form of the list."""
        return failures_beside(self.results)

    def plan(self, planned: Sequence[Planned]) -> tuple[str, Path] | None:
        """Return the batch under which all is sent, and where its plan is kept."""
        return (self.batch, kept_path(home_path(), self.batch)) if planned else None

    def write(self, report: MatchReport, planned: Sequence[tuple[Entry, Planned]], status: int) -> None:
        """Write both files and say where they are. Blocks for the disk.

        Raises:
            CacheError: one cannot be written.
        """
        done = self._done(planned, status)
        is_kept = kept_path(home_path(), self.batch).exists()
        is_over = status == CANCELLED or not any(one.is_good for one in done)
        if is_over and not is_kept and not any(one.journal for one in done):
            return  # the person said no: nothing was begun
        each = by_entry(report.entries, [entry for entry, _ in planned], done)
        write_export(self.results, csv_lines(RESULTS, result_rows(report, each)))
        note(f"What became of each: {safe(str(self.results))}")
        left = list(left_rows(self.wanted.cells, report, each))
        if left:
            table = self.wanted.table
            header = table.header if table is not None and table.header else ("key",)
            write_export(self.failures, csv_lines(header, left, left_delimiter(table)))
            note(f"{count_of(len(left), 'line')} left, for --from: {safe(str(self.failures))}")
        else:
            with suppress(OSError):  # of an earlier run
                self.failures.unlink()

    def _done(self, planned: Sequence[tuple[Entry, Planned]], status: int) -> list[Done]:
        changes = [one.change for _, one in planned]
        unkept = [one.session.tenant.name for _, one in planned if one.session.tenant.cache == "off"]
        return results_of(
            home_path(), self.batch, changes, datetime.now(UTC), is_all_good=status == 0, unkept=frozenset(unkept)
        )


def list_files(whom: Whom) -> ListFiles | None:
    """Return the files that are wanted, None where none are.

    Raises:
        UsageError: one cannot be written, or would take the place of the list.
    """
    if whom.results is None:
        return None
    table = whom.wanted.table
    for path in (whom.results, failures_beside(whom.results)):
        if table is not None and table.source != str(STDIN) and path.resolve() == Path(table.source).resolve():
            raise UsageError(f"the results would take the place of {table.source}", "name another file with --results")
        if problem := obstacle(path):
            raise UsageError(f"no results can be written: {problem}", "name another file with --results")
    return ListFiles(whom.wanted, whom.results, new_batch())


def failures_beside(results: Path) -> Path:
    """Return where the lines that are left go."""
    return results.with_name(f"{results.stem}.failures.csv")
