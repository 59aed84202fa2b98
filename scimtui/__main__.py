"""`python -m scimtui` and the `scimtui` command."""

from scimtui.cli import main

if __name__ == "__main__":
    main()
