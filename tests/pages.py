"""A page as programs see it: its links, what it loads, its words. And a small crawler that reads a whole site."""

from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

VOID = {"br", "hr", "img", "input", "link", "meta"}
LOADING = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "srcset", "use": "href"}
NOT_LOADED = {"canonical", "next", "prev"}  # kinds of <link> that only name an address


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")


@dataclass
class Page(HTMLParser):
    """Elements in the order of the source, each with all the words inside it."""

    source: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while any(element.tag == tag for element in self.open):
            if self.open.pop().tag == tag:
                return

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def find(self, tag: str, css_class: str = "") -> list[Element]:
        return [e for e in self.elements if e.tag == tag and (not css_class or css_class in e["class"].split())]

    def texts(self, tag: str, css_class: str = "") -> list[str]:
        """The words of every such element, one space between them."""
        return [" ".join(e.text.split()) for e in self.find(tag, css_class)]

    @property
    def text(self) -> str:
        return self.texts("body")[0]

    @property
    def links(self) -> list[str]:
        return [e["href"] for e in self.find("a") if "href" in e.attributes]

    @property
    def loads(self) -> list[str]:
        """Every address that a browser asks for by itself, inside the page (#…) left out."""
        found = [(e, LOADING[e.tag]) for e in self.elements if e.tag in LOADING]
        asked = [e[name] for e, name in found if not (e.tag == "link" and set(e["rel"].split()) & NOT_LOADED)]
        return [address for address in asked if address and not address.startswith("#")]


def visit(client: Client, address: str, status: int = 200, **options: Any) -> Page:
    response = client.get(address, **options)
    assert response.status_code == status, f"{address} answers {response.status_code}"
    return Page(response.content.decode())


def crawl(client: Client, *starts: str) -> dict[str, Page]:
    """Every page that links lead to from `starts`, by address."""
    found: dict[str, Page] = {}
    waiting = deque(starts or ["/"])
    while waiting:
        address = waiting.popleft()
        if address in found or address.startswith(("/static/", "/media/", "/admin/")):
            continue
        response = client.get(address)
        assert response.status_code in (200, 400, 410), f"{address} answers {response.status_code}"
        found[address] = page = Page(response.content.decode())
        for link in page.links:
            parts = urlsplit(urljoin(f"http://testserver{address}", link))
            if parts.netloc == "testserver":
                waiting.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return found
