"""Where a request comes from, as limits count it: one household or machine is one, in whatever way its address is written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import request

# Whoever has an IPv6 address has the 2**64 that share its first half.
_HOUSEHOLD = 64


def client_network() -> str:
    """Return the network the request comes from: an IPv4 address, or the /64 of an IPv6 address."""
    return network_of(request.remote_addr or "")


def network_of(written: str) -> str:
    """Return the network of an address as a proxy may write it: with a port, in brackets, or IPv4 within IPv6.

    What is no address stays as it is.
    """
    plain = written.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address: IPv4Address | IPv6Address = ip_address(plain.partition("%")[0])
    except ValueError:
        return plain[:100]
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Network((address, _HOUSEHOLD), strict=False))
    return str(address)
