"""What is told to whoever asked for a server that cannot be had."""


class ServerError(Exception):
    """A server cannot be obtained, started or reached; the message, in French, says why and what to do."""
