"""What `/metrics` says of the house, from memory when it is asked; no word, name or address.

Made by `server.py`. Names are Prometheus's: a counter only rises and ends in `_total`, a gauge is
how it stands now. What to watch: `docs/administrator.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from chat.socket.front_door import FrontDoor
from house.talking import Talking
from moderation.deadline import Deadline
from moderation.records.store import Store

_Labelled = GaugeMetricFamily | CounterMetricFamily


@dataclass(frozen=True, slots=True)
class Counters:
    """The parts that are counted; `ready` says which of the house work."""

    ready: Callable[[], Mapping[str, bool]]
    door: Callable[[], FrontDoor]
    talking: Talking
    judge: Deadline
    store: Store

    def collect(self) -> Iterator[Metric]:
        """All of them; called by the registry."""
        for name, says, number in self._gauges():
            yield GaugeMetricFamily(f"peerline_{name}", says, number)
        for name, says, number in self._counters():
            yield CounterMetricFamily(f"peerline_{name}", says, number)
        for kind, name, says, label, numbers in self._by_label():
            family = kind(f"peerline_{name}", says, labels=[label])
            for value, number in numbers.items():
                family.add_metric([value], number)
            yield family

    def _gauges(self) -> Iterable[tuple[str, str, int]]:
        talking = self.talking
        return (
            ("connections", "Connections of any kind.", self.door().open),
            ("students", "Students whose page is connected here.", len(talking.students.here)),
            ("moderators", "Moderators on shift here.", len(talking.desk)),
            ("rooms", "Rooms open here.", len(talking.rooms)),
            ("rows_waiting", "Rows that wait for a transaction.", self.store.waiting),
        )

    def _counters(self) -> Iterable[tuple[str, str, int]]:
        return (
            ("rows", "Rows handed to the database.", self.store.rows),
            ("batches", "Transactions they shared.", self.store.batches),
            ("unjudged", "Messages held because judging failed.", self.judge.unjudged),
        )

    def _by_label(self) -> Iterable[tuple[type[_Labelled], str, str, str, Mapping[str, int]]]:
        gauge, counter = GaugeMetricFamily, CounterMetricFamily
        yield gauge, "part_ready", "1 for a part that works.", "part", self.ready()
        yield counter, "connections_refused", "For want of room.", "how", self.door().refused
        if (second := self.talking.second) is not None:
            said = "What became of messages offered to it."
            yield counter, "second_opinion", said, "outcome", asdict(second.tally)


def registry(counters: Counters) -> CollectorRegistry:
    """A registry with the counters of the house and those of its process."""
    found = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=found)
    found.register(counters)
    return found
