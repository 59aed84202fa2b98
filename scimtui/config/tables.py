"""The tables of config.toml and what may stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any, Literal

import msgspec

from scimtui.errors import ConfigError
from scimtui.scim.address import checked_base, checked_token_url
from scimtui.scim.dialect import Dialect
from scimtui.scim.profiles import NAMES

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a tenant may be called: its name is also a folder, a variable and an argument."""


@dataclass(frozen=True)
class Limits:
    """The blast radius: above it the number of objects must be typed (or given as --expect)."""

    count: int = 50
    """Objects in one go."""
    share: float = 0.2
    """Part of the tenant, 0 to 1; counts when more than 5 objects are touched."""


@dataclass(frozen=True)
class OAuth2:
    """Where an access token comes from. The client's secret is kept like any token."""

    token_url: str
    client_id: str
    scope: str = ""
    audience: str = ""
    method: Literal["secret_basic", "secret_post", "private_key_jwt"] = "secret_basic"
    """How the client proves who it is: its secret in the header or in the form, or a signature (RFC 7523)."""
    private_key: Path | None = None
    """File of the key that signs, for method = "private_key_jwt"."""
    key_id: str = ""
    """The key's name at the token service, where it has several."""


@dataclass(frozen=True)
class Joiner:
    """What a new person gets in this tenant, whatever they are made from: a form, a file, another tenant."""

    map: dict[str, str] = field(default_factory=dict)
    """An attribute path of this tenant to where its value comes from: a path of the source, or text with paths in { }.
    "" leaves the attribute out."""
    defaults: dict[str, Any] = field(default_factory=dict)
    """An attribute path of this tenant to its value where nothing else gives one; text may have paths in { }."""
    groups: tuple[str, ...] = ()
    """Groups that every new person comes into."""


@dataclass(frozen=True)
class Tenant:
    """One service provider as it is written down, with the defaults filled in."""

    name: str
    base_url: str
    """Without a slash at its end."""
    label: str = ""
    """What people read instead of the name."""
    auth: Literal["bearer", "basic", "oauth2", "header", "none"] = "bearer"
    username: str = ""
    """For auth = "basic"."""
    header: str = ""
    """Name of the header that carries the secret, for auth = "header"."""
    token_command: tuple[str, ...] | None = None
    """Program and arguments whose first line of output is the secret; no shell reads it."""
    token_expires: date | None = None
    oauth2: OAuth2 | None = None
    production: bool = False
    role: Literal["admin", "helpdesk", "view"] = "admin"
    helpdesk_groups: tuple[str, ...] = ()
    """Groups whose members the help desk may change."""
    admin_groups: tuple[str, ...] = ()
    """Groups that never lose their last member."""
    protected: tuple[str, ...] = ()
    """SCIM filters; what matches one is never changed."""
    limits: Limits = field(default_factory=Limits)
    """In production 5 objects or 2 % unless the config says otherwise."""
    reason_required: bool = False
    """Every write needs a reason; true in production unless the config says otherwise."""
    relock_minutes: int = 15
    profile: str | dict[str, Any] = "auto"
    """"auto", the name of a built-in dialect, or fields of `Dialect` with their values already converted."""
    page_size: int | None = None
    """Resources asked for at once; None leaves it to the dialect."""
    concurrency: int | None = None
    """Requests in flight at once; None leaves it to the dialect."""
    timeout: float = 30.0
    """Seconds to wait for one answer."""
    cache: Literal["on", "off", "encrypted"] = "on"
    """"encrypted" keeps it under a key in the keyring; "off" keeps nothing: the tenant is browsed live."""
    snapshots: int = 10
    ca_bundle: Path | None = None
    client_cert: Path | None = None
    verify_tls: bool = True
    allow_http: bool = False
    proxy: str | None = None
    match: str = "userName"
    """The attribute that pairs people with those of other tenants."""
    source: str = ""
    """Name of the tenant that the people come from, such as the identity provider; "" where that is not known."""
    login_groups: tuple[str, ...] = ()
    """Groups that a person must be in, in all of them, to log in."""
    recipe: dict[str, Any] = field(default_factory=dict)
    """Steps of offboarding; `config.recipe.recipe_steps` reads them."""
    joiner: Joiner = field(default_factory=Joiner)
    """How a new person is made here."""


@dataclass(frozen=True)
class CompareRules:
    """How two tenants are compared."""

    key: str | None = None
    """The attribute that pairs resources; None takes `match` of the left tenant."""
    ignore: tuple[str, ...] = ()
    """Attribute paths that are not compared."""
    only: tuple[str, ...] = ()
    """When not empty, only these attribute paths are compared."""
    map: dict[str, str] = field(default_factory=dict)
    """Attribute path on the left to its name on the right."""
    fold: tuple[str, ...] = ()
    """Attribute paths under which letter case and spaces do not count."""
    filter: str = ""
    """A SCIM filter: only what matches it is compared."""


@dataclass(frozen=True)
class Ui:
    """How the console looks."""

    theme: str = ""
    density: Literal["compact", "comfortable"] = "compact"
    mouse: bool = True
    cursor_blink: bool = False


@dataclass(frozen=True)
class ConfigFile:
    """The whole file, once the defaults are put under each tenant."""

    defaults: dict[str, Any] = field(default_factory=dict)
    tenants: dict[str, Tenant] = field(default_factory=dict)
    compare: dict[str, CompareRules] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    ui: Ui = field(default_factory=Ui)


SUB_TABLES = {"limits": Limits, "oauth2": OAuth2, "joiner": Joiner}
"""Tables within a tenant's own."""


def stated(tenant: Tenant) -> dict[str, Any]:
    """Return name, address and whatever else of a tenant is not the default, as JSON."""
    plain = Tenant(tenant.name, "")
    every: dict[str, Any] = msgspec.to_builtins(tenant, enc_hook=str)
    return {key: value for key, value in every.items() if key == "name" or getattr(tenant, key) != getattr(plain, key)}


def complete(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the file with the defaults put under each tenant. Tenants that there are not are one, so that they are checked."""
    defaults, tenants = raw.get("defaults"), raw.get("tenants", {})
    if isinstance(tenants, dict) and tenants:
        return {**raw, "tenants": {name: _with_defaults(table, defaults) for name, table in tenants.items()}}
    if tenants == {} and isinstance(defaults, dict):
        return {**raw, "tenants": {"none": _with_defaults({"base_url": "https://localhost"}, defaults)}}
    return dict(raw)


def _with_defaults(table: Any, defaults: Any) -> Any:
    """Return a tenant's table with the defaults under it; `limits` and other tables are merged key by key."""
    if not isinstance(table, dict):
        return table
    merged: dict[str, Any] = dict(defaults) if isinstance(defaults, dict) else {}
    for key, value in table.items():
        under = merged.get(key)
        merged[key] = {**under, **value} if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def named(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return complete tables as they are read: each tenant knows its name and how strict production is."""
    tenants = tables.get("tenants")
    if not isinstance(tenants, dict):
        return dict(tables)
    known = {name: {**stricter(one), "name": name} if isinstance(one, dict) else one for name, one in tenants.items()}
    return {**tables, "tenants": known}


def known_keys(kind: type[Any]) -> list[str]:
    """Return the keys that a table may have. The name of a tenant stands in its title and nowhere else."""
    return [one.name for one in fields(kind) if one.name != "name"]


def unknown_keys(tables: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the place of each key that no table has, in complete tables."""
    yield from _unknown((), tables, ConfigFile)
    yield from _unknown(("ui",), tables.get("ui"), Ui)
    for name, table in _tables(tables.get("compare")):
        yield from _unknown(("compare", name), table, CompareRules)
    for name, table in _tables(tables.get("tenants")):
        yield from _unknown(("tenants", name), table, Tenant)
        for key, kind in SUB_TABLES.items():
            yield from _unknown(("tenants", name, key), table.get(key), kind)


def _unknown(place: tuple[str, ...], table: Any, kind: type[Any]) -> Iterator[tuple[str, ...]]:
    if isinstance(table, dict):
        known = known_keys(kind)
        yield from ((*place, key) for key in table if key not in known)


def _tables(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield from ((name, table) for name, table in value.items() if isinstance(table, dict))


def variable_part(name: str) -> str:
    """Return a tenant's name as it stands in the name of its token variable."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def convert(table: Any, kind: type[Any]) -> Any:
    """Return a table of TOML as a dataclass. Types are TOML's own: "yes" is no boolean and "5" no number.

    Raises:
        msgspec.ValidationError: something in it has a wrong type or is missing. Its text repeats the value, which may be
            a secret: never show it.
    """
    return msgspec.convert(table, kind, dec_hook=_path)


def _path(kind: type[Any], value: Any) -> Any:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise msgspec.ValidationError(f"no {kind.__name__}")


def stricter(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a tenant's table with the defaults of production under it, if it is one."""
    if table.get("production") is not True:
        return table
    limits = table.get("limits", {})
    return {
        "reason_required": True,
        **table,
        "limits": {"count": 5, "share": 0.02, **limits} if isinstance(limits, dict) else limits,
    }


def checked(tenant: Tenant) -> Tenant:
    """Return a tenant as the rest of the program wants it, if its values fit together.

    Raises:
        ValueError: they do not. The message starts with the key, so that its line can be named; after "; " stands what
            to do.
    """
    checked_name(tenant.name)
    for key, is_right, rule in _rules(tenant):
        if not is_right:
            raise ValueError(f"{key} must be {rule}; mend the value")
    try:
        base_url = checked_base(tenant.base_url, allow_http=tenant.allow_http)
    except ConfigError as error:
        raise ValueError(f"{error.message}; {error.hint}") from None
    if tenant.auth == "basic" and not tenant.username:
        raise ValueError('auth is "basic", which needs username')
    if tenant.auth == "header" and not tenant.header:
        raise ValueError('auth is "header", which needs header, the name of the header')
    if tenant.header and not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", tenant.header, re.ASCII):
        raise ValueError("header is no name of an HTTP header")
    if tenant.auth == "oauth2" and tenant.oauth2 is None:
        raise ValueError('auth is "oauth2", which needs oauth2 = { token_url, client_id }')
    _check_joiner(tenant.joiner)
    if tenant.recipe:
        _check_recipe(tenant.recipe)
    return replace(
        tenant,
        base_url=base_url,
        profile=_dialect_fields(tenant.profile),
        ca_bundle=tenant.ca_bundle and tenant.ca_bundle.expanduser(),
        client_cert=tenant.client_cert and tenant.client_cert.expanduser(),
        oauth2=tenant.oauth2 and _checked_grant(tenant.oauth2),
    )


def _check_recipe(recipe: dict[str, Any]) -> None:
    from scimtui.config.recipe import recipe_mistakes  # few tenants have one, and it is read before the first screen

    for one in recipe_mistakes(recipe):
        raise ValueError(f"recipe.{one.place}: {one.what}; {one.hint}")


def _rules(tenant: Tenant) -> tuple[tuple[str, bool, str], ...]:
    """Return keys, whether their numbers are right, and what is."""
    limits = tenant.limits
    return (
        ("relock_minutes", tenant.relock_minutes > 0, "greater than 0"),
        ("page_size", tenant.page_size is None or tenant.page_size > 0, "greater than 0"),
        ("concurrency", tenant.concurrency is None or tenant.concurrency > 0, "greater than 0"),
        ("timeout", 0 < tenant.timeout < inf, "a number greater than 0"),
        ("snapshots", tenant.snapshots >= 0, "greater than or equal to 0"),
        ("limits.count", limits.count >= 0, "greater than or equal to 0"),
        ("limits.share", 0 <= limits.share <= 1, "greater than or equal to 0 and less than or equal to 1"),
    )


def _check_joiner(joiner: Joiner) -> None:
    if joiner.map or joiner.defaults:
        from scimtui.scim.joiner import Rules, check_rules  # the first screen makes nobody

        try:
            check_rules(Rules(joiner.map, joiner.defaults))
        except ValueError as error:
            raise ValueError(f"joiner.{error}") from None


def _checked_grant(grant: OAuth2) -> OAuth2:
    try:
        url = checked_token_url(grant.token_url)
    except ConfigError as error:
        raise ValueError(f"oauth2: {error.message}; {error.hint}") from None
    if (grant.method == "private_key_jwt") != (grant.private_key is not None):
        raise ValueError('oauth2: private_key goes with method = "private_key_jwt", and only with it')
    return replace(grant, token_url=url, private_key=grant.private_key and grant.private_key.expanduser())


def checked_name(name: str) -> str:
    """Return the name of a tenant if it may be one.

    Raises:
        ValueError: it may not.
    """
    if not NAME.fullmatch(name) or name.endswith("."):
        raise ValueError("a tenant's name is made of letters, digits, - _ and . (64 at most)")
    return name


def _dialect_fields(profile: str | dict[str, Any]) -> str | dict[str, Any]:
    if isinstance(profile, str):
        if profile not in ("auto", *NAMES):
            near = get_close_matches(profile, NAMES, n=1)
            hint = f"did you mean {near[0]}?" if near else f'use "auto", a table, or one of {", ".join(NAMES)}'
            raise ValueError(f"profile {profile} is not built in; {hint}")
        return profile
    known = {one.name for one in fields(Dialect)}
    for key in profile:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise ValueError(f"profile has no field {key}" + (f"; did you mean {near[0]}?" if near else ""))
    try:
        dialect = convert(profile, Dialect)
    except msgspec.ValidationError:
        raise ValueError("profile holds a value of a wrong kind") from None
    values = {key: getattr(dialect, key) for key in profile}
    for key, value in values.items():
        if type(value) is int and value < 1:
            raise ValueError(f"profile.{key}: must be 1 or more")
    return values
