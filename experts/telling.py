"""The record's comparisons and numbers as data for programs, as experts/shapes.py declares it.

The pages print the same objects. Pure, no query.
"""

from typing import Any

from aisrace.api.links import Links
from experts.comparison import (
    AnswerRow,
    Blank,
    Cell,
    Comparison,
    ExpertRow,
    PositionRow,
    QuestionRow,
    QuoteRow,
    ScaleRow,
    SourceRow,
)
from experts.measures import Agreement, Distribution


def tell_answer(answer: AnswerRow) -> dict[str, Any]:
    return {"id": answer.id, "label": answer.label, "step": answer.step}


def tell_expert(expert: ExpertRow, links: Links) -> dict[str, Any]:
    return {**name_expert(expert.id, expert.slug, expert.name, links), "role": expert.role}


def name_expert(pk: int, slug: str, name: str, links: Links) -> dict[str, Any]:
    url, page = links.api("experts", slug), links.page("expert", slug)
    return {"id": pk, "slug": slug, "name": name, "url": url, "page": page}


def name_question(pk: int, slug: str, label: str, wording: str, links: Links) -> dict[str, Any]:
    url, page = links.api("questions", slug), links.page("question", slug)
    return {"id": pk, "slug": slug, "label": label or wording, "wording": wording, "url": url, "page": page}


def tell_question(question: QuestionRow, links: Links) -> dict[str, Any]:
    named = name_question(question.id, question.slug, question.label, question.wording, links)
    return {**named, "scale": tell_scale(question.scale)}


def tell_scale(scale: ScaleRow) -> dict[str, Any]:
    return {"id": scale.id, "name": scale.name, "answers": [tell_answer(answer) for answer in scale.answers]}


def tell_source(source: SourceRow, links: Links) -> dict[str, Any]:
    return {
        "id": source.id,
        "url": links.api("sources", source.id),
        "kind": source.kind,
        "title": source.title,
        "author": source.author,
        "publisher": source.publisher,
        "published_on": source.published_on,
        "address": source.url,
        "checked_on": source.checked_on,
    }


def tell_words(quote: QuoteRow, links: Links) -> dict[str, Any]:
    return {
        "id": quote.id,
        "url": links.api("quotes", quote.id),
        "kind": quote.kind,
        "words": quote.words,
        "is_quotable": quote.is_quotable,
        "language": quote.language,
        "original": quote.original,
        "locator": quote.locator,
        "source": tell_source(quote.source, links),
    }


def tell_tally(distribution: Distribution) -> dict[str, Any]:
    shares = [
        {
            "answer": tell_answer(share.answer),
            "count": share.count,
            "share": share.share,
            "weight": share.weight,
            "weighted_share": share.weighted_share,
        }
        for share in distribution.shares
    ]
    return {
        "n": distribution.n,
        "shares": shares,
        "weighted_n": distribution.weighted_n,
        "unsure_n": distribution.unsure_n,
        "off_axis": [{"answer": tell_answer(answer), "count": count} for answer, count in distribution.off_axis],
        "off_axis_n": distribution.off_axis_n,
        "blanks": [tell_blank(reason) | {"count": count} for reason, count in distribution.blanks],
        "blank_n": distribution.blank_n,
    }


def tell_blank(reason: Blank) -> dict[str, Any]:
    return {"reason": reason.value, "label": reason.label}


def tell_agreement(one: ExpertRow, other: ExpertRow, agreement: Agreement) -> dict[str, Any]:
    return {
        "experts": [one.slug, other.slug],
        "n": agreement.n,
        "exact": agreement.exact,
        "near": agreement.near,
        "near_n": agreement.near_n,
        "is_claimed": agreement.is_claimed,
        "exact_share": agreement.exact_share,
        "near_share": agreement.near_share,
    }


def tell_comparison(comparison: Comparison, links: Links, with_evidence: bool = True) -> dict[str, Any]:
    return {
        "as_of": comparison.as_of,
        "experts": [tell_expert(expert, links) for expert in comparison.experts],
        "questions": [tell_question(question, links) for question in comparison.questions],
        "cells": [tell_cell(cell, links, with_evidence) for question, cells in comparison.columns for cell in cells],
    }


def tell_cell(cell: Cell, links: Links, with_evidence: bool) -> dict[str, Any]:
    position = cell.position
    told: dict[str, Any] = {
        "expert": cell.expert.slug,
        "question": cell.question.slug,
        "answer": tell_answer(cell.answer) if cell.answer else None,
        "blank": tell_blank(cell.blank) if cell.blank else None,
        "position": tell_position(position, links) if position else None,
    }
    return told | {"evidence": tell_evidence(cell, links)} if with_evidence else told


def tell_position(position: PositionRow, links: Links) -> dict[str, Any]:
    return {
        "id": position.id,
        "url": links.api("positions", position.id),
        "stated_on": position.stated_on,
        "dating": position.dating,
        "confidence": position.confidence,
    }


def tell_evidence(cell: Cell, links: Links) -> dict[str, Any] | None:
    position = cell.position
    if position is None:
        return None
    return {
        "role": position.role,
        "summary": position.summary,
        "source": tell_source(position.source, links) if position.source else None,
        "quotes": [tell_words(quote, links) for quote in position.quotes],
    }
