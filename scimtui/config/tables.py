"""The tables of config.toml and what may stand in them."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from scimtui.errors import ConfigError
from scimtui.scim.address import checked_base, checked_token_url
from scimtui.scim.dialect import Dialect
from scimtui.scim.profiles import NAMES

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a tenant may be called: its name is also a folder, a variable and an argument."""

NAME_OF_TABLE = "<name>"
"""Where a tenant's name is put, so that a key `name` in the file is unknown as any other."""

Texts = Annotated[tuple[str, ...], Field(strict=False)]
Positive = Annotated[int, Field(gt=0)]
FilePath = Annotated[Path, Field(strict=False)]


class Table(BaseModel):
    """A table of the config. Types are TOML's own: "yes" is no boolean and "5" no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Limits(Table):
    """The blast radius: above it the number of objects must be typed (or given as --expect)."""

    count: int = Field(default=50, ge=0)
    """Objects in one go."""
    share: float = Field(default=0.2, ge=0, le=1)
    """Part of the tenant, 0 to 1; counts when more than 5 objects are touched."""


class OAuth2(Table):
    """Where an access token comes from. The client's secret is kept like any token."""

    token_url: str
    client_id: str
    scope: str = ""
    audience: str = ""
    method: Literal["secret_basic", "secret_post", "private_key_jwt"] = "secret_basic"
    """How the client proves who it is: its secret in the header or in the form, or a signature (RFC 7523)."""
    private_key: FilePath | None = None
    """File of the key that signs, for method = "private_key_jwt"."""
    key_id: str = ""
    """The key's name at the token service, where it has several."""


class Tenant(Table):
    """One service provider as it is written down, with the defaults filled in."""

    name: str = Field(validation_alias=AliasChoices(NAME_OF_TABLE, "name"))
    base_url: str
    """Without a slash at its end."""
    label: str = ""
    """What people read instead of the name."""
    auth: Literal["bearer", "basic", "oauth2", "header", "none"] = "bearer"
    username: str = ""
    """For auth = "basic"."""
    header: str = ""
    """Name of the header that carries the secret, for auth = "header"."""
    token_command: Texts | None = None
    """Program and arguments whose first line of output is the secret; no shell reads it."""
    token_expires: date | None = None
    oauth2: OAuth2 | None = None
    production: bool = False
    role: Literal["admin", "helpdesk", "view"] = "admin"
    helpdesk_groups: Texts = ()
    """Groups whose members the help desk may change."""
    admin_groups: Texts = ()
    """Groups that never lose their last member."""
    protected: Texts = ()
    """SCIM filters; what matches one is never changed."""
    limits: Limits = Limits()
    """In production 5 objects or 2 % unless the config says otherwise."""
    reason_required: bool = False
    """Every write needs a reason; true in production unless the config says otherwise."""
    relock_minutes: Positive = 15
    profile: str | dict[str, Any] = "auto"
    """"auto", the name of a built-in dialect, or fields of `Dialect` with their values already converted."""
    page_size: Positive | None = None
    """Resources asked for at once; None leaves it to the dialect."""
    concurrency: Positive | None = None
    """Requests in flight at once; None leaves it to the dialect."""
    timeout: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    """Seconds to wait for one answer."""
    cache: Literal["on", "off", "encrypted"] = "on"
    """"encrypted" keeps it under a key in the keyring; "off" keeps nothing: the tenant is browsed live."""
    snapshots: int = Field(default=10, ge=0)
    ca_bundle: FilePath | None = None
    client_cert: FilePath | None = None
    verify_tls: bool = True
    allow_http: bool = False
    proxy: str | None = None
    match: str = "userName"
    """The attribute that pairs people with those of other tenants."""
    recipe: dict[str, Any] = Field(default_factory=dict)
    """Steps of offboarding."""

    @model_validator(mode="before")
    @classmethod
    def _production_is_stricter(cls, values: Any) -> Any:
        if not isinstance(values, dict) or values.get("production") is not True:
            return values
        limits = values.get("limits", {})
        stricter = {"count": 5, "share": 0.02, **limits} if isinstance(limits, dict) else limits
        return {"reason_required": True, **values, "limits": stricter}

    @model_validator(mode="after")
    def _fits_together(self) -> Tenant:
        """Check what TOML's types cannot. A message starts with its key, so that the key's line can be named."""
        checked_name(self.name)
        # `frozen` is for everyone else: pydantic has no other way to change a value that depends on two keys.
        try:
            object.__setattr__(self, "base_url", checked_base(self.base_url, allow_http=self.allow_http))
        except ConfigError as error:
            raise ValueError(f"{error.message}; {error.hint}") from None
        object.__setattr__(self, "profile", _dialect_fields(self.profile))
        for file in ("ca_bundle", "client_cert"):
            object.__setattr__(self, file, getattr(self, file) and getattr(self, file).expanduser())
        if self.auth == "basic" and not self.username:
            raise ValueError('auth is "basic", which needs username')
        if self.auth == "header" and not self.header:
            raise ValueError('auth is "header", which needs header, the name of the header')
        if self.header and not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", self.header, re.ASCII):
            raise ValueError("header is no name of an HTTP header")
        if self.auth == "oauth2" and self.oauth2 is None:
            raise ValueError('auth is "oauth2", which needs oauth2 = { token_url, client_id }')
        if self.oauth2 is not None:
            object.__setattr__(self, "oauth2", _checked_grant(self.oauth2))
        return self


class CompareRules(Table):
    """How two tenants are compared."""

    key: str | None = None
    """The attribute that pairs resources; None takes `match` of the left tenant."""
    ignore: Texts = ()
    """Attribute paths that are not compared."""
    only: Texts = ()
    """When not empty, only these attribute paths are compared."""
    map: dict[str, str] = Field(default_factory=dict)
    """Attribute path on the left to its name on the right."""
    filter: str = ""
    """A SCIM filter: only what matches it is compared."""


class Ui(Table):
    """How the console looks."""

    theme: str = ""
    density: Literal["compact", "comfortable"] = "compact"
    mouse: bool = True
    cursor_blink: bool = False


class ConfigFile(Table):
    """The whole file, once the defaults are put under each tenant."""

    defaults: dict[str, Any] = Field(default_factory=dict)
    tenants: dict[str, Tenant] = Field(default_factory=dict)
    compare: dict[str, CompareRules] = Field(default_factory=dict)
    keys: dict[str, str] = Field(default_factory=dict)
    ui: Ui = Ui()


def _checked_grant(grant: OAuth2) -> OAuth2:
    try:
        url = checked_token_url(grant.token_url)
    except ConfigError as error:
        raise ValueError(f"oauth2: {error.message}; {error.hint}") from None
    if (grant.method == "private_key_jwt") != (grant.private_key is not None):
        raise ValueError('oauth2: private_key goes with method = "private_key_jwt", and only with it')
    return grant.model_copy(
        update={"token_url": url, "private_key": grant.private_key and grant.private_key.expanduser()}
    )


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
    known = {field.name for field in dataclasses.fields(Dialect)}
    for key in profile:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise ValueError(f"profile has no field {key}" + (f"; did you mean {near[0]}?" if near else ""))
    try:
        dialect = TypeAdapter(Dialect).validate_python(profile)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        message = f"profile.{wrong['loc'][0]}: {wrong['msg'][:1].lower()}{wrong['msg'][1:]}"
        raise ValueError(message) from None  # pydantic's own text repeats the value
    fields = {key: getattr(dialect, key) for key in profile}
    for key, value in fields.items():
        if type(value) is int and value < 1:
            raise ValueError(f"profile.{key}: must be 1 or more")
    return fields
