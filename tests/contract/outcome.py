"""What becomes of a record, and how long is waited for it."""

# The recorded server answered at once or not at all; this is long enough for the slowest machine.
PATIENCE_S = 30.0
# One that does not even announce that it will close the connection is not waited for so long.
UNANNOUNCED_S = 0.2
# Recorded names of a transcript with a clock carry tenths of seconds; a later request may be this late.
CLOCK_SLACK_S = 0.3


class Outcome:
    """What became of one record: `differences` is empty when it was equal, `skipped` a reason or None."""

    def __init__(self, record, differences=(), skipped=None):
        self.record, self.differences, self.skipped = record, list(differences), skipped


class TooLate(Exception):
    """The machine was too slow for the transcript's clock; nothing can be said about the server."""
