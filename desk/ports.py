"""Ports on this machine's loopback, where everything of ours listens."""

import socket

from states.refusal import InvalidError

HOST = "127.0.0.1"


class PortTakenError(InvalidError):
    """Another program listens there."""

    template = "Port {port} is taken by another program. Stop it, or choose another with {option}."


def check_port(port: int, option: str) -> None:
    """Raises PortTakenError, which names the option that chooses another."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(port=port, option=option) from error
