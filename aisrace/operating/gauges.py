"""What the rows say, asked when somebody looks: sweeps, what is due, what was published, comments."""

from collections.abc import Iterator

from django.db.models import Count, Max
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aisrace.operating.readiness import OK, watch
from aisrace.operating.waiting import read_queues
from aisrace.sweeps.models import Runner, Sweep
from articles.models import Edition
from comments.models import Comment


class RowCollector(Collector):
    """Twelve queries; none where the database does not answer, which is told."""

    def collect(self) -> Iterator[Metric]:
        is_there = watch.look().parts.get("database") == OK
        up = GaugeMetricFamily("aisrace_database_up", "Whether the database answers.", value=float(is_there))
        yield up
        if is_there:
            yield from collect_sweeps()
            yield from collect_queues()
            yield from collect_counts()


def collect_sweeps() -> Iterator[Metric]:
    now = timezone.now()
    ended = GaugeMetricFamily("aisrace_sweep_ended_seconds", "When it last ran to its end.", labels=["sweep"])
    lag = GaugeMetricFamily("aisrace_sweep_lag_seconds", "How long ago that is.", labels=["sweep"])
    failing = GaugeMetricFamily("aisrace_sweep_failing", "1 where the newest run failed.", labels=["sweep"])
    for sweep in Sweep.objects.all():
        failing.add_metric([sweep.name], float(bool(sweep.error)))
        if sweep.ended_at:
            ended.add_metric([sweep.name], sweep.ended_at.timestamp())
            lag.add_metric([sweep.name], (now - sweep.ended_at).total_seconds())
    seen = GaugeMetricFamily("aisrace_runner_seen_seconds", "When one of its kind was last seen.", labels=["kind"])
    for kind, seen_at in Runner.objects.order_by().values_list("kind").annotate(Max("seen_at")):
        seen.add_metric([kind], seen_at.timestamp())
    yield from (ended, lag, failing, seen)


def collect_queues() -> Iterator[Metric]:
    now = timezone.now()
    due = GaugeMetricFamily("aisrace_due_rows", "What is due and not done.", labels=["queue"])
    oldest = GaugeMetricFamily("aisrace_due_oldest_seconds", "How long the oldest of it is due.", labels=["queue"])
    for queue in read_queues(now):
        due.add_metric([queue.name], queue.count)
        oldest.add_metric([queue.name], (now - queue.since).total_seconds() if queue.since else 0)
    yield from (due, oldest)


def collect_counts() -> Iterator[Metric]:
    editions = GaugeMetricFamily("aisrace_editions", "Published, scheduled ones included.", labels=["kind"])
    for kind, count in Edition.objects.order_by().values_list("kind").annotate(Count("pk")):
        editions.add_metric([kind], count)
    comments = GaugeMetricFamily("aisrace_comments", "By state.", labels=["state"])
    for state, count in Comment.objects.order_by().values_list("state").annotate(Count("pk")):
        comments.add_metric([state], count)
    yield from (editions, comments)
