"""Numbers and words as the pages print them."""

from django import template

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share of 1 as whole percent: 0.634 → “63 %”, with a space that does not break."""
    return f"{share * 100:.0f}\u00a0%"


@register.filter
def hundredths(share: float) -> str:
    """A share of 1 as a plain number of hundredths, for coordinates: 0.634 → “63.4”."""
    return f"{share * 100:.4g}"


@register.filter
def steps(distance: float) -> str:
    """A distance on a scale: 0.734 → “0.7 steps”, 1.0 → “1.0 step”."""
    return f"{distance:.1f} {'step' if f'{distance:.1f}' == '1.0' else 'steps'}"
