"""The publication in the words of schema.org: editions as articles, the site and its data. Pure."""

from collections.abc import Iterable

from django.conf import settings

from aisrace.lib.figures import iso
from aisrace.lib.jinja import url
from aisrace.lib.linked_data import Node, crumbs, graph, node, once, publisher, whole
from aisrace.lib.syndication import name_for_good
from articles.following import ADMITTED
from articles.models import Author, Edition
from articles.reading import OpenEdition
from experts.comparison import Cell, SourceRow
from experts.describing import describe_claims, describe_source, describe_topic, refer_expert, refer_question
from experts.models import Topic

MOST_SOURCES = 40


def article_id(slug: str) -> str:
    return f"{whole(url('article', slug))}#article"


# --- Articles --------------------------------------------------------------------------------------------------------


def describe_page(opened: OpenEdition, newest: Edition) -> Node:
    """The page of the article, by its newest edition."""
    way = crumbs(("Articles", url("articles")), (opened.edition.headline, url("article", newest.slug)))
    return graph(describe_article(opened, whole(url("article", newest.slug))), way)


def describe_kept(opened: OpenEdition, newest: Edition) -> Node:
    """The page of one edition, which stays as it was when the article has gone on."""
    page = whole(url("edition", newest.slug, opened.edition.number))
    kept = describe_article(opened, page) | {"exampleOfWork": {"@id": article_id(newest.slug)}}
    return graph(kept | {"dateModified": iso(opened.edition.live_at)})


def describe_article(opened: OpenEdition, page: str) -> Node:
    edition, content = opened.edition, opened.content
    cells = opened.comparison.cells.values()
    topics = [describe_topic(topic["name"], topic["slug"]) for topic in content["topics"]]
    return node(
        "Article",
        id=f"{page}#article",
        identifier=name_for_good(f"article/{edition.article_id}"),
        url=page,
        mainEntityOfPage=page,
        headline=content["headline"],
        description=content["standfirst"],
        image=list_images(opened),
        datePublished=iso(edition.first_live_at),
        dateModified=iso(edition.updated_at),
        version=edition.number,
        correction=describe_correction(edition) if edition.kind in ADMITTED else None,
        author=[describe_byline(author) for author in content["byline"]],
        publisher=publisher(),
        inLanguage="en",
        isAccessibleForFree=True,
        timeRequired=f"PT{content['minutes']}M",
        about=[*topics, *map(refer_question, opened.comparison.questions)],
        mentions=[refer_expert(expert) for expert in opened.comparison.experts],
        citation=once(map(describe_source, list_sources(cells)), MOST_SOURCES),
        hasPart=describe_claims(cells),
    )


def list_images(opened: OpenEdition) -> list[str]:
    """The picture to share, and the article's own where it has one."""
    share = url("article_image", opened.edition.slug, opened.edition.number)
    picture = opened.content["picture"]
    return [whole(share), *([whole(picture["url"])] if picture else [])]


def list_sources(cells: Iterable[Cell]) -> Iterable[SourceRow]:
    for cell in cells:
        if cell.position:
            yield from filter(None, [cell.position.source, *(quote.source for quote in cell.position.quotes)])


def describe_correction(edition: Edition) -> Node:
    return node(
        "CorrectionComment",
        text=edition.note,
        dateCreated=iso(edition.live_at),
        url=whole(url("edition", edition.slug, edition.number)),
    )


def describe_byline(author: dict[str, str]) -> Node:
    return node("Person", name=author["name"], url=whole(url("author", author["slug"])))


def describe_history(newest: Edition, editions: Iterable[Edition]) -> Node:
    """What the listed editions corrected or clarified."""
    corrections = [describe_correction(edition) for edition in editions if edition.kind in ADMITTED]
    article = node("Article", id=article_id(newest.slug), headline=newest.headline, correction=corrections)
    way = [("Articles", url("articles")), (newest.headline, url("article", newest.slug))]
    return graph(article, crumbs(*way, ("Editions", url("editions", newest.slug))))


# --- Lists -----------------------------------------------------------------------------------------------------------


def describe_articles(editions: Iterable[Edition]) -> Node:
    return graph(list_articles(editions), crumbs(("Articles", url("articles"))))


def describe_topic_page(topic: Topic, editions: Iterable[Edition]) -> Node:
    page = node(
        "CollectionPage",
        name=topic.name,
        description=topic.description,
        about=describe_topic(topic.name, topic.slug),
        mainEntity=list_articles(editions),
    )
    return graph(page, crumbs((topic.name, url("topic", topic.slug))))


def describe_author_page(author: Author, editions: Iterable[Edition]) -> Node:
    person = node(
        "Person",
        name=author.name,
        url=whole(url("author", author.slug)),
        description=author.bio,
        sameAs=author.website,
        worksFor=publisher(),
    )
    return graph(
        node("ProfilePage", mainEntity=person),
        list_articles(editions),
        crumbs((author.name, url("author", author.slug))),
    )


def list_articles(editions: Iterable[Edition]) -> Node | None:
    items = [
        node("ListItem", position=number, name=edition.headline, url=whole(url("article", edition.slug)))
        for number, edition in enumerate(editions, 1)
    ]
    return node("ItemList", itemListElement=items) if items else None


# --- The site --------------------------------------------------------------------------------------------------------


def describe_site() -> Node:
    search = node(
        "SearchAction",
        target=node("EntryPoint", urlTemplate=f"{whole('/search/')}?q={{words}}"),
        **{"query-input": "required name=words"},
    )
    site = node(
        "WebSite",
        id=whole("/#site"),
        name=settings.SITE_NAME,
        url=whole("/"),
        publisher=publisher(),
        inLanguage="en",
        potentialAction=search,
    )
    return graph(site, describe_data())


def describe_data() -> Node:
    """The whole record, to take away."""
    export = whole("/api/v1/export/positions")
    return node(
        "Dataset",
        id=whole("/#record"),
        name=f"Positions of experts on record at {settings.SITE_NAME}",
        description="Every public position: which expert answered which question with what, on which day, how sure "
        "they were, by which source and in which words, with the reasons for blanks.",
        url=whole(url("about")),
        creator=publisher(),
        isAccessibleForFree=True,
        license=settings.DATA_LICENCE_URL,
        distribution=[
            node("DataDownload", encodingFormat="text/csv", contentUrl=f"{export}.csv"),
            node("DataDownload", encodingFormat="application/jsonl", contentUrl=f"{export}.jsonl"),
        ],
    )
