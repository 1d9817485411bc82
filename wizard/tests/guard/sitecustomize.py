"""Put first on PYTHONPATH: every Python process refuses to speak to another host, and writes down that it was asked to.

An audit hook (PEP 578) hears of every connection, whichever library makes it, and cannot be taken off again.
"""

import os
import sys
from ipaddress import ip_address

NOTES = os.environ["WIZARD_GUARD_NOTES"]  # a folder
# Event: where its address is among the arguments.
WATCHED = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


def is_here(host: object) -> bool:
    """This machine, by a name that needs no asking, or by an address."""
    if isinstance(host, bytes | bytearray):
        host = bytes(host).decode(errors="replace")
    if host in (None, "", "localhost"):
        return True
    try:
        address = ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def note(kind: str, line: str) -> None:
    with open(os.path.join(NOTES, kind), "a") as file:
        file.write(f"{line}\n")


def hear(event: str, given: tuple[object, ...]) -> None:
    place = WATCHED.get(event)
    if place is None:
        return
    address = given[place]
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        if not isinstance(address, tuple):  # a socket in the file system, or one that is connected
            return
        address = address[0]
    if not is_here(address):
        note("refused", f"{event} {address} by {' '.join(sys.orig_argv)}")
        raise PermissionError(f"The guard refuses {event} to {address}")


note("guarded", " ".join(sys.orig_argv))
sys.addaudithook(hear)
