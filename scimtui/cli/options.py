"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.present.formats import Format

TenantName = Annotated[str, typer.Argument(metavar="NAME", help="A tenant of the config.", show_default=False)]
TypeName = Annotated[
    str, typer.Argument(metavar="TYPE", help="A resource type of the tenant: User, Group, …", show_default=False)
]
ResourceKey = Annotated[
    str,
    typer.Argument(metavar="KEY", help="Its id, userName or displayName, or externalId.", show_default=False),
]

FormatOption = Annotated[Format, typer.Option("--format", help="For people, or for programs on stdout alone.")]
SyncOption = Annotated[bool, typer.Option("--sync", help="Sync first.")]
LiveOption = Annotated[bool, typer.Option("--live", help="Ask the provider instead of the cache.")]
FilterOption = Annotated[
    str | None, typer.Option("--filter", metavar="F", help="""A SCIM filter: 'active eq false'.""", show_default=False)
]
ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", metavar="P,P", help="Attribute paths: userName,name.familyName", show_default=False),
]
SortOption = Annotated[
    str | None, typer.Option("--sort", metavar="P", help="Sort by this attribute.", show_default=False)
]
DescendingOption = Annotated[bool, typer.Option("--descending", help="Sort from last to first.")]
LimitOption = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, help="No more than N.", show_default=False)
]
TypeOption = Annotated[str, typer.Option("--type", metavar="T", help="Resource type.")]

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; goes to the journal.")]
UnlockOption = Annotated[bool, typer.Option("--unlock", help="Write to a production tenant; needs a reason.")]
ExpectOption = Annotated[
    int | None,
    typer.Option("--expect", metavar="N", help="How many objects this touches, above the limit.", show_default=False),
]
PeopleArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY…]", help="People: id, userName, externalId or e-mail address.", show_default=False),
]
TenantsOption = Annotated[
    list[str] | None,
    typer.Option("--tenant", metavar="NAME", help="In this tenant; may be repeated.", show_default=False),
]
AllTenantsOption = Annotated[bool, typer.Option("--all-tenants", help="In every tenant that has them.")]
FromOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="More keys, from CSV or a list; - is stdin.", show_default=False),
]
ColumnOption = Annotated[
    str | None, typer.Option("--column", metavar="C", help="The column that holds them.", show_default=False)
]
SkipUnmatchedOption = Annotated[
    bool, typer.Option("--skip-unmatched", help="Leave out who is not found, ambiguous or protected.")
]
MatchOption = Annotated[bool, typer.Option("--match", help="Only show whom the keys mean.")]
ResultsOption = Annotated[
    Path | None,
    typer.Option("--results", metavar="FILE.csv", help="Write what became of each line.", show_default=False),
]
TokenStdinOption = Annotated[bool, typer.Option("--token-stdin", help="Read the token from standard input.")]
NoTestOption = Annotated[bool, typer.Option("--no-test", help="Do not ask the tenant first.")]
