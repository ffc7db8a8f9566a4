"""A citation as a file that reference managers open."""

from collections.abc import Callable

from django.http import Http404, HttpResponse

from aisrace.lib.citations import FORMS, Citation


def answer_citation(cite: Callable[[], Citation], form: str) -> HttpResponse:
    """`form` is the end of the address: bib, json or ris; anything else is 404 before anything is asked."""
    if form not in FORMS:
        raise Http404(f"There is no citation as “{form}”.")
    citation = cite()
    content_type, write = FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="{citation.key}.{form}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(write(citation), content_type=f"{content_type}; charset=utf-8", headers=headers)
