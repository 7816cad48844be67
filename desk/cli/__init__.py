"""The command line `poruchenie`. Exit 0: done; 1: refused by a rule or a failed check; 2: wrong usage."""

import gettext
import os

from commands.context.language import LANGUAGES, catalogue, use


def main() -> None:
    """The entry point: speak the language asked for, then run."""
    asked = os.environ.get("PORUCHENIE_LANGUAGE", "ru")
    language = asked if asked in LANGUAGES else "ru"
    use(language)
    words = catalogue(language)
    # Help texts are made when the commands are imported, and click takes its own words from here at that moment.
    gettext.gettext, gettext.ngettext = words.gettext, words.ngettext
    from desk.cli.main import run  # noqa: PLC0415 - see above

    run()
