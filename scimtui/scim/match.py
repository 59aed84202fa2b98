"""Whether a resource fulfils a filter (RFC 7644 section 3.4.2.2), fast enough for every resource of a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.scim.expression import Filter, schema_urns
from scimtui.scim.filter_text import Reader
from scimtui.scim.match_plan import Plan, plan, top_level_names
from scimtui.scim.match_source import function
from scimtui.scim.match_steps import Match

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

__all__ = ["Match", "compile_filter", "names_read"]


def compile_filter(filter: Filter | str, resource_type: ResourceType) -> Match:  # noqa: A002 - the RFC's word
    """Return a function that tells whether a resource, as raw JSON, fulfils the filter.

    The function raises for no JSON, and takes about a microsecond. Letter case counts where the schema says caseExact.
    dateTimes are compared as instants, and wrong types by what they mean: "True" is true, "12" is 12, a bare string is
    an element's `value`. Of a multi-valued attribute one element is enough; of those, `primary` is false where it is
    absent (RFC 7643 section 2.4). `eq null` chooses what is absent, null or an empty array (RFC 7643 section 2.5), and
    `pr` what is none of these, nor an empty string. `ne` holds where a single-valued attribute has no value. What no
    schema declares is looked up by its name.

    Raises:
        FilterError: the text is no filter, or it asks for an order where there is none (booleans and binaries), or it
            compares a dateTime with something else.
    """
    return function(_planned(filter, resource_type))


def names_read(filter: Filter | str, resource_type: ResourceType) -> frozenset[str]:  # noqa: A002 - the RFC's word
    """Return the top-level keys of a resource that decide whether it fulfils the filter; nothing else is looked at.

    Raises:
        FilterError: see `compile_filter`.
    """
    return top_level_names(_planned(filter, resource_type))


def _planned(filter: Filter | str, resource_type: ResourceType) -> Plan:  # noqa: A002 - the RFC's word
    expression = Reader(filter, urns=schema_urns(resource_type)).whole_filter() if isinstance(filter, str) else filter
    return plan(expression, resource_type)
