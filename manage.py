#!/usr/bin/env python
"""Command line of the hub. Without DJANGO_SETTINGS_MODULE, the demo settings are used."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings.demo")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 — settings come first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
