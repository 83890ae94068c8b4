"""Rows that no API should send, as they would stand in its JSON; each beside good ones."""

from typing import Final

LATE: Final = 9_223_372_036_854_775_807
"""The largest id of 64 bits; its time lies in 2038."""


def deep(levels: int, core: str = "1") -> str:
    return "[" * levels + core + "]" * levels


ROWS: Final = {
    "null": "null",
    "a text": '"=HYPERLINK(\\"http://x\\")"',
    "a number beyond any": "1" + "0" * 400,
    "half a character": '"\\ud800"',
    "a deep list": deep(2_000),
    "an infinite id": '{"id":1e400,"username":"x"}',
    "an id that is no number": '{"id":NaN,"username":"x"}',
    "a negative id": '{"id":-5,"username":"x"}',
    "an id of 5,000 digits": '{"id":' + "9" * 5_000 + "}",
    "an id of 300 digits": '{"id":' + "9" * 300 + "}",
    "an id that was rounded": '{"id":7.32e18}',
    "minus nothing": '{"id":-0,"username":"zero","create_time":-0}',
    "a time beyond the calendar": f'{{"id":{LATE},"username":"late","create_time":{10**17}}}',
    "a playlist beyond any": f'{{"id":{LATE - 1},"username":"late","playlist_id":{10**30}}}',
    "an endless name": '{"id":7320768196569599275,"username":"' + "a\u0301\u0316" * 50_000 + '"}',
    "countless mentions": '{"id":7320768196569599276,"video_mention_list":[' + '"ab",' * 5_000 + '"c"]}',
    "countless fields": '{"id":7320768196569599277,' + ",".join(f'"new_{n}":1' for n in range(3_000)) + "}",
    "an endless field": '{"id":7320768196569599278,"' + "k" * 100_000 + '":1}',
    "deep fields": '{"id":7320768196569599279,"video_label":' + deep(3_000) + ',"new":' + deep(3_000) + "}",
    "texts that command": '{"id":7320768196569599280,"username":"../../up\\u001b[2J","video_description":'
    '"\\u202e=1+1\\u0000\\u200b[/red]\\u2028"}',
    "a key twice": '{"id":1,"id":7320768196569599281,"username":"twice"}',
    "a key that climbs": '{"id":7320768196569599282,"../../x":"y","username":"climbs"}',
}
