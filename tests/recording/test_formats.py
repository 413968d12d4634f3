"""Recordings as tools write them, and what is said of such as nobody wrote."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest
from pfnspec.recording.events import Event, Gap
from pfnspec.recording.faults import Fault
from pfnspec.recording.formats import items

FORMATS = {
    "ftrace": """# tracer: nop
# entries-in-buffer/entries-written: 2/2   #P:2
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            a-b c-95      [000] d..1.     5.646823: look: (look_up+0x0/0x60 [kvm]) at=0xffff88800577c188
            a-b c-95      [001] .....     5.646970: found: (caller+0x71/0x180 [kvm] <- look_up) ret=1
""",
    "trace-cmd": """cpus=2
          a-b c-95    [000]     5.646823: look:                 (look_up) at=0xffff88800577c188
          a-b c-95    [001]     5.646970: found:                (caller <- look_up) ret=1
""",
    "perf": """         a-b c    95 [000]     5.646823: pfnspec:look: (look_up) at=0xffff88800577c188
         a-b c    95 [001]     5.646970: pfnspec:found__return: (caller <- look_up) ret=0x1
""",
    "bpftrace": """Attaching 2 probes...
a-b c-95 [000] 5.646823: look: function=look_up at=18446612682161766792
a-b c-95 [001] 5.646970: found: caller=caller function=look_up ret=1
""",
    "NDJSON": """{"event": "look", "time": 5.646823, "thread": 95, "comm": "a-b c", "cpu": 0, \
"function": "look_up", "at": 18446612682161766792}

{"event": "found", "time": 5.646970, "thread": "95", "comm": "a-b c", "cpu": 1, "function": "look_up", \
"caller": "caller", "ret": 1}
""",
}


def read(path: Path, text: str | bytes) -> list[Event | Gap]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(items(str(path)))


@pytest.mark.parametrize("name", FORMATS)
def test_all_formats_say_the_same(name: str, tmp_path: Path) -> None:
    first, second = read(tmp_path / "r", FORMATS[name])
    assert isinstance(first, Event) and isinstance(second, Event)
    assert (first.name, second.name) == ("look", "found")
    assert (first.time, second.time) == (5.646823, 5.646970)
    assert {(one.command, one.thread) for one in (first, second)} == {("a-b c", "95")}
    assert (first.cpu, second.cpu) == (0, 1)
    assert dict(first.fields) == {"function": "look_up", "at": 0xFFFF88800577C188}
    assert dict(second.fields) == {"function": "look_up", "caller": "caller", "ret": 1}


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed(pack: object, tmp_path: Path) -> None:
    packed = pack(FORMATS["ftrace"].encode())  # type: ignore[operator]
    assert read(tmp_path / "r", packed) == read(tmp_path / "s", FORMATS["ftrace"])


GAPS = {
    "CPU:1 [LOST 37 EVENTS]": Gap(1, 37, 1),
    "CPU:0 [LOST EVENTS]": Gap(0, None, 1),
    "CPU:0 [37 EVENTS DROPPED]": Gap(0, 37, 1),
    "CPU:0 [EVENTS DROPPED]": Gap(0, None, 1),
    "Lost 12 events": Gap(None, 12, 1),
    "perf 95 [001] 5.6: PERF_RECORD_LOST lost 5": Gap(1, 5, 1),
    '{"lost": 3, "cpu": 0}': Gap(0, 3, 1),
    "# entries-in-buffer/entries-written: 20/50   #P:2": Gap(None, 30, 1),
}


@pytest.mark.parametrize("line", GAPS)
def test_lost_events(line: str, tmp_path: Path) -> None:
    assert read(tmp_path / "r", line + "\n") == [GAPS[line]]


FAULTS = {
    "this line is no event": b"vm-95 [000] 5.6 look\n",
    "this is no line of a recording": b"\x00\x01\x02\xff" * 100,
    "this line is no JSON": b'{"event": "look"\n',
    "this event has no good": b'{"event": "look", "time": "now", "thread": 1}\n',
    "it is a trace.dat of trace-cmd": b"\x17\x08\x44tracing6\x00",
    "it is a perf.data": b"PERFILE2" + bytes(100),
    "it is packed, and damaged": gzip.compress(FORMATS["ftrace"].encode())[:40],
}


@pytest.mark.parametrize("message", FAULTS)
def test_damaged(message: str, tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        read(tmp_path / "r", FAULTS[message])
    assert caught.value.message.startswith(message)


def test_a_long_line_needs_no_memory(tmp_path: Path) -> None:
    with pytest.raises(Fault):
        read(tmp_path / "r", b"x" * 1_000_000)


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(Fault):
            list(items(str(path)))
