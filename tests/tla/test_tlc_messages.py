"""The reader of ``-tool`` output, on canned text."""

from hypothesis import given
from hypothesis import strategies as st
from pfnspec.tla.messages import Bare, Message, read_messages


def read(text: str) -> list[Message | Bare]:
    return list(read_messages(text.splitlines(keepends=True)))


def test_messages_and_bare_lines() -> None:
    text = (
        "@!@!@STARTMSG 2262:0 @!@!@\nTLC2 Version 9\n@!@!@ENDMSG 2262 @!@!@\n"
        "Parsing file M.tla\n"
        "@!@!@STARTMSG 2217:4 @!@!@\n1: <Initial predicate>\n/\\ x = 1\n\n@!@!@ENDMSG 2217 @!@!@\n"
    )
    assert read(text) == [
        Message(2262, 0, "TLC2 Version 9"),
        Bare("Parsing file M.tla"),
        Message(2217, 4, "1: <Initial predicate>\n/\\ x = 1\n"),
    ]


def test_unknown_numbers_pass() -> None:
    assert read("@!@!@STARTMSG 99999:7 @!@!@\r\nnews\r\n@!@!@ENDMSG 99999 @!@!@\r\n") == [
        Message(99999, 7, "news")
    ]


def test_a_message_inside_another() -> None:
    text = (
        "@!@!@STARTMSG 1000:1 @!@!@\nIt failed:\n: @!@!@STARTMSG 2132:0 @!@!@\nwhy\n@!@!@ENDMSG 2132 @!@!@\n"
        "@!@!@ENDMSG 1000 @!@!@\n"
    )
    assert read(text) == [
        Message(2132, 0, "why", inside=1000),
        Message(1000, 1, "It failed:\n: "),
    ]


def test_a_message_cut_off_by_the_end() -> None:
    assert read("@!@!@STARTMSG 2217:4 @!@!@\n3: <A line") == [Message(2217, 4, "3: <A line", complete=False)]
    assert read("@!@!@STARTM") == [Bare("@!@!@STARTM")]


def test_a_message_cut_off_by_another() -> None:
    text = "@!@!@STARTMSG 1:0 @!@!@\na\n@!@!@STARTMSG 2:0 @!@!@\nb\n@!@!@ENDMSG 1 @!@!@\n"
    text += "c\n@!@!@ENDMSG 7 @!@!@\n"
    assert read(text) == [
        Message(2, 0, "b", complete=False, inside=1),
        Message(1, 0, "a"),
        Bare("c"),
        Bare("@!@!@ENDMSG 7 @!@!@"),
    ]


def test_what_a_specification_prints_is_no_marker() -> None:
    assert read('"@!@!@STARTMSG 2193:0 @!@!@"\n') == [Bare('"@!@!@STARTMSG 2193:0 @!@!@"')]


@given(st.lists(st.sampled_from(["@!@!@STARTMSG 1:0 @!@!@", "@!@!@ENDMSG 1 @!@!@", "@!@!@ENDMSG 2 @!@!@",
                                 "@!@!@STARTMSG 2:1 @!@!@", "text", "@!@!@"])))  # fmt: skip
def test_no_line_is_lost_whatever_comes(lines: list[str]) -> None:
    heard = "\n".join(item.text for item in read_messages(lines))
    assert heard.count("text") == lines.count("text")
