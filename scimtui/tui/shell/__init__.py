"""The frame around the tabs: bars, tenants, tabs, keys, commands."""
