"""What the pages of an account say that no view hands them."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def site_name() -> str:
    return settings.SITE_NAME


@register.simple_tag
def second_factor_is_required() -> bool:
    return settings.REQUIRE_MFA
