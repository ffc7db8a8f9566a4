"""Addresses of readers: what a letter could be sent to, and which of them are one mailbox."""

import pytest

from comments.addresses import BadAddress, clean_address, mailbox_key


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Rosa@Example.ORG ", "rosa@example.org"),
        ("rosa+news@example.org", "rosa+news@example.org"),
        ("o'neil_x@mail.example.co", "o'neil_x@mail.example.co"),
        ("rosa@xn--bcher-kva.example", "rosa@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_taken(typed: str, address: str) -> None:
    assert clean_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        *("", "rosa", "@example.org", "rosa@", "a@b@example.org", "a b@example.org", "a@example.org,b@example.org"),
        *("root@localhost", "root@server", "root@[127.0.0.1]", "root@[ipv6:::1]", "root@127.0.0.1", "a@example.org."),
        *('"rosa"@example.org', '"a b"@example.org', '"a,b@evil.example"@example.org', "<a@example.org>"),
        *("a@example.org\nBcc: b@c.example", "ä@example.org", "a@exämple.org", "a" * 250 + "@b.example"),
    ],
)
def test_what_no_letter_is_sent_to_is_not(typed: str) -> None:
    with pytest.raises(BadAddress):
        clean_address(typed)


def test_a_mailbox_has_many_addresses() -> None:
    assert len({mailbox_key(f"rosa{tag}@example.org") for tag in ("", "+", "+news", "+news+more")}) == 1
    others = ["rosa@example.org", "ros@example.org", "rosa@example.com", "+rosa@example.org", "+bo@example.org"]
    assert len({mailbox_key(address) for address in others}) == 5
    assert "rosa" not in mailbox_key("rosa@example.org")
