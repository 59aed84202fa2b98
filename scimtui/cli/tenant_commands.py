"""`tenant`: the tenants of the config and their tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from scimtui.cli.options import FormatOption, NoTestOption, TenantName, TokenStdinOption, YesOption
from scimtui.present.formats import Format

HELP = "The tenants of the config, and their tokens."


class Auth(StrEnum):
    """How requests are signed."""

    BEARER = "bearer"
    BASIC = "basic"
    OAUTH2 = "oauth2"
    HEADER = "header"
    NONE = "none"


def add(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What you will call it.", show_default=False)],
    base_url: Annotated[
        str, typer.Option("--base-url", metavar="URL", help="Where its SCIM service is.", show_default=False)
    ],
    auth: Annotated[Auth, typer.Option("--auth", help="How requests are signed.")] = Auth.BEARER,
    username: Annotated[str, typer.Option("--username", metavar="USER", help="For --auth basic.")] = "",
    header: Annotated[
        str, typer.Option("--header", metavar="HEADER", help="For --auth header: the one that carries the token.")
    ] = "",
    token_url: Annotated[
        str, typer.Option("--token-url", metavar="URL", help="For --auth oauth2: where access tokens come from.")
    ] = "",
    client_id: Annotated[str, typer.Option("--client-id", metavar="ID", help="For --auth oauth2.")] = "",
    scope: Annotated[
        str, typer.Option("--scope", metavar="SCOPE", help="For --auth oauth2, where one is needed.")
    ] = "",
    private_key: Annotated[
        str,
        typer.Option(
            "--private-key", metavar="FILE", help="For --auth oauth2: sign with this key; no secret is asked."
        ),
    ] = "",
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="What is shown instead of the name.")] = "",
    production: Annotated[
        bool, typer.Option("--production", help="Locked until unlocked, and a reason for every write.")
    ] = False,
    token_stdin: TokenStdinOption = False,
    no_test: NoTestOption = False,
) -> None:
    """Add a tenant: ask for its token, test both, and keep them only if it answers.

    Example: scimtui tenant add acme --base-url https://acme.example.com/scim/v2
    """
    from scimtui.cli import tenants
    from scimtui.ops.tenants import NewTenant

    told = {"token_url": token_url, "client_id": client_id, "scope": scope, "private_key": private_key}
    oauth2 = {key: value for key, value in told.items() if value}
    if private_key:
        oauth2["method"] = "private_key_jwt"
    new = NewTenant(name, base_url, auth.value, username, header, production, label, oauth2)
    tenants.add(new, token_stdin=token_stdin, test=not no_test)


def list_(*, form: FormatOption = Format.TABLE) -> None:
    """List the tenants."""
    from scimtui.cli import tenants

    tenants.list_tenants(form)


def test(*, name: TenantName) -> None:
    """Ask a tenant who it is: address, token and discovery are tried."""
    from scimtui.cli import tenants

    tenants.test(name)


def remove(*, name: TenantName, yes: YesOption = False) -> int:
    """Remove a tenant from the config, its token and its cache. Its journal stays."""
    from scimtui.cli import tenants

    return tenants.remove(name, yes=yes)


def token(
    *,
    name: TenantName,
    token_stdin: TokenStdinOption = False,
    no_test: NoTestOption = False,
    expires: Annotated[
        datetime | None,
        typer.Option(
            "--expires", metavar="DATE", formats=["%Y-%m-%d"], help="When it ends; warned about from 30 days on."
        ),
    ] = None,
) -> None:
    """Replace the token of a tenant, once the new one was tested.

    Example: pass show scim/acme | scimtui tenant token acme --token-stdin
    """
    from scimtui.cli import tenants

    tenants.replace_token(name, token_stdin=token_stdin, test=not no_test, expires=expires.date() if expires else None)


def show(*, name: TenantName, form: FormatOption = Format.TABLE) -> None:
    """Show what is known about a tenant: settings, where its token comes from, what is cached."""
    from scimtui.cli import tenants

    tenants.show(name, form)


COMMANDS = {"add": add, "list": list_, "test": test, "remove": remove, "token": token, "show": show}
