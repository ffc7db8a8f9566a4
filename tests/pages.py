"""A page as programs see it: its links, what it loads, its words. And a small crawler that reads a whole site."""

from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

VOID = {"br", "hr", "img", "input", "link", "meta", "source"}
LOADING = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "srcset", "use": "href"}
LEFT = ("/static/", "/media/", "/admin/", "/api/")
NO_PAGES = (".png", ".atom", ".txt", ".bib", ".json", ".ris")
NAMED_ONLY = {"alternate", "canonical", "next", "prev"}  # kinds of <link> that no browser fetches


@dataclass
class Element:
    """`elements` are all those inside it, in the order of the source. Its words are a stretch of all that is `said`."""

    tag: str
    attributes: dict[str, str]
    said: list[str]
    begin: int = 0
    end: int = 0
    elements: list["Element"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def find(self, tag: str, css_class: str = "") -> list["Element"]:
        return [e for e in self.elements if e.tag == tag and (not css_class or css_class in e["class"].split())]

    def texts(self, tag: str, css_class: str = "") -> list[str]:
        return [element.text for element in self.find(tag, css_class)]

    @property
    def data(self) -> str:
        return "".join(self.said[self.begin : self.end])

    @property
    def text(self) -> str:
        """All the words inside it, one space between them; spaces that do not break count as any."""
        return " ".join(self.data.split())

    @property
    def links(self) -> list[str]:
        return [e["href"] for e in self.find("a") if "href" in e.attributes]

    @property
    def rows(self) -> list[list[str]]:
        """The words of a table's cells, row by row."""
        return [[cell.text for cell in row.elements if cell.tag in ("th", "td")] for row in self.find("tr")]


class Page(Element, HTMLParser):
    def __init__(self, source: str) -> None:
        Element.__init__(self, "page", {}, [])
        HTMLParser.__init__(self)
        self.source = source
        self.open: list[Element] = [self]
        self.feed(source)
        self.close()
        for element in self.open:
            element.end = len(self.said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.said, len(self.said))
        for outer in self.open:
            outer.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self.open):
            closed = None
            while not closed or closed.tag != tag:
                closed = self.open.pop()
                closed.end = len(self.said)

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def words(self) -> str:
        """What stands in the window: all but the head."""
        return self.find("body")[0].text

    @property
    def loads(self) -> list[str]:
        """Every address that a browser asks for by itself, places in the page (#…) left out."""
        found = [(e, LOADING[e.tag]) for e in self.elements if e.tag in LOADING]
        asked = [e[name] for e, name in found if not (e.tag == "link" and set(e["rel"].split()) & NAMED_ONLY)]
        return [address for address in asked if address and not address.startswith("#")]


def visit(client: Client, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status, f"{address} answers {response.status_code}"
    return Page(response.content.decode())


def crawl(client: Client, *starts: str) -> dict[str, Page]:
    """Every page that links lead to from `starts`, or from the front page, by address. A link may lead on to a page."""
    found: dict[str, Page] = {}
    waiting = deque(starts or ["/"])
    while waiting:
        address = waiting.popleft()
        is_page = not address.startswith(LEFT) and not address.endswith(NO_PAGES)
        if address in found or not is_page:
            continue
        response = client.get(address)
        if response.status_code == 302:
            waiting.append(response["Location"].split("#")[0])
            continue
        assert response.status_code == 200, f"{address} answers {response.status_code}"
        found[address] = page = Page(response.content.decode())
        for link in page.links:
            parts = urlsplit(urljoin(f"http://testserver{address}", link))
            if parts.netloc == "testserver":
                waiting.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return found


def headers_of(response: Any) -> dict[str, str]:
    """What is told to everybody alike: all but the number of the request, which is another each time."""
    return {name: value for name, value in sorted(response.headers.items()) if name != "X-Request-Id"}
