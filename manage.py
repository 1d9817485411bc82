#!/usr/bin/env python3
"""Django's command line for Dating Wizard."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wizard.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a setting that makes no sense: its sentence is enough
        sys.exit(f"Dating Wizard cannot start: {error}")


if __name__ == "__main__":
    main()
