"""What is said where no view could answer: problems under /api/, pages everywhere else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from aisrace.api.middleware import SAID
from aisrace.api.places import is_for_programs
from aisrace.api.problems import Problem, answer_problem


def bad_request(request: HttpRequest, exception: Exception) -> Any:
    return tell(400) if is_for_programs(request.path_info) else defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> Any:
    return tell(404) if is_for_programs(request.path_info) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> Any:
    return tell(500) if is_for_programs(request.path_info) else defaults.server_error(request)


def tell(status: int) -> HttpResponse:
    return answer_problem(Problem(status, SAID[status]))
