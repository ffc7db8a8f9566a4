"""What the journal notes while others write: which rows to look at. It decides nothing and costs one short insert."""

from aisrace.journal.kinds import find_models
from aisrace.journal.models import Touch
from aisrace.lib.nudging import nudge
from aisrace.lib.watching import Told, listen


def touch(told: Told) -> None:
    for model, keys in told.items():
        if model in find_models():
            Touch.objects.create(model=model._meta.label_lower, keys=sorted(keys))
            nudge()


listen(touch)
