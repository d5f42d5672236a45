"""The Python package against a socket of its own, and the events of the contract."""

import asyncio
import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Sources" / "Python"))

import digitd  # noqa: E402

TIME = "2026-01-02T03:04:05.678Z"


def line(name, **data):
    return json.dumps({"type": name, "data": {"time": TIME, "sequence": 3, **data}}).encode() + b"\n"


class ParseTests(unittest.TestCase):
    def test_a_transcript_has_its_types(self):
        event = digitd.parse(line("transcript", digit=7, text="seven", confidence=1, probabilities=[0, 1.0], start_ms=5))
        self.assertIsInstance(event, digitd.Transcript)
        self.assertEqual((event.digit, event.text, event.confidence, event.probabilities), (7, "seven", 1.0, [0.0, 1.0]))
        self.assertEqual((event.start_ms, event.sequence, event.time.isoformat()), (5, 3, "2026-01-02T03:04:05.678000+00:00"))

    def test_a_number_has_its_words_and_gaps(self):
        words = [{"digit": 4, "confidence": 0.9, "start_ms": 1, "end_ms": 2}, {"digit": None, "start_ms": 3, "end_ms": 4}]
        event = digitd.parse(
            line("number", digits="04", complete=False, words=words, alternatives=[{"digits": "05", "confidence": 0.1}]))
        self.assertEqual(event.digits, "04")
        self.assertFalse(event.complete)
        self.assertEqual([word.digit for word in event.words], [4, None])
        self.assertEqual(event.alternatives, [digitd.Alternative(digits="05", confidence=0.1)])

    def test_what_was_turned_down_may_have_a_guess(self):
        for guess, digit in (({"digit": 3, "text": "three"}, 3), (None, None)):
            event = digitd.parse(line("not-detected", reason="unsure", best_guess=guess))
            self.assertEqual(event.best_guess and event.best_guess.digit, digit)

    def test_what_is_not_known_is_kept_and_passed_over(self):
        event = digitd.parse(line("weather", rain=True))
        self.assertEqual((event.type, event.data["rain"]), ("weather", True))
        self.assertEqual(digitd.parse(line("device", state="listening", colour="red")).state, "listening")

    def test_what_lacks_what_it_needs_is_not_made_up(self):
        for broken in (line("transcript", text="seven"), line("transcript", digit="7"), line("transcript", digit=True)):
            self.assertIsInstance(digitd.parse(broken), digitd.Unknown)

    def test_what_is_no_event_is_an_error(self):
        for broken in (b"", b"nonsense", b"[]", b"{}", b'{"type": 7}'):
            with self.assertRaises(ValueError):
                digitd.parse(broken)


class Daemon:
    """A socket that says what a test wants to each who connects, one script after the other."""

    def __init__(self, *scripts):
        self.scripts = list(scripts)
        self.requests = []
        self.folder = tempfile.TemporaryDirectory(prefix="digitd-py-")
        self.path = self.folder.name + "/s"

    async def __aenter__(self):
        self.server = await asyncio.start_unix_server(self.serve, self.path)
        return self

    async def __aexit__(self, *_):
        self.server.close()
        self.folder.cleanup()

    async def serve(self, reader, writer):
        script = self.scripts.pop(0) if self.scripts else []
        for step in script:
            if step == "request":
                self.requests.append(json.loads(await reader.readline()))
            else:
                writer.write(step)
        writer.close()


HELLO = line("hello", state="listening")


class ClientTests(unittest.IsolatedAsyncioTestCase):
    async def test_it_subscribes_and_gets_events(self):
        async with Daemon([HELLO, "request", b"nonsense\n", line("transcript", digit=7)]) as daemon:
            events = [event async for event in digitd.subscribe("transcript", socket=daemon.path, reconnect=False)]
        self.assertEqual([type(event) for event in events], [digitd.Hello, digitd.Transcript])
        self.assertEqual(daemon.requests, [{"type": "subscribe", "data": {"events": ["transcript"]}}])

    async def test_without_names_it_asks_for_nothing(self):
        async with Daemon([HELLO, line("transcript", digit=7)]) as daemon:
            events = [event async for event in digitd.subscribe(socket=daemon.path, reconnect=False)]
        self.assertEqual(len(events), 2)

    async def test_it_connects_again(self):
        async with Daemon([HELLO, line("transcript", digit=1)], [HELLO, line("transcript", digit=2)]) as daemon:
            kinds, digits = [], []
            async for event in digitd.subscribe(socket=daemon.path):
                kinds.append(type(event))
                if isinstance(event, digitd.Transcript):
                    digits.append(event.digit)
                if len(digits) == 2:
                    break
        self.assertEqual(digits, [1, 2])
        self.assertEqual(
            kinds,
            [digitd.Hello, digitd.Transcript, digitd.Disconnected, digitd.Hello, digitd.Transcript])

    async def test_a_daemon_that_is_not_there_is_told_or_raised(self):
        async for event in digitd.subscribe(socket="/nowhere/s"):
            self.assertIsInstance(event, digitd.Disconnected)
            self.assertIn("/nowhere/s", event.reason)
            break
        with self.assertRaises(digitd.NoDaemon):
            async for _ in digitd.subscribe(socket="/nowhere/s", reconnect=False):
                pass

    async def test_status_is_an_answer(self):
        async with Daemon([HELLO, "request", line("transcript", digit=1), line("status", transcripts=9, state="lost")]) as daemon:
            status = await digitd.status(socket=daemon.path)
        self.assertEqual((status.state, status.data["transcripts"]), ("lost", 9))
        self.assertEqual(daemon.requests[0]["type"], "status")

    async def test_it_pauses_and_resumes(self):
        async with Daemon([HELLO, "request", line("device", state="paused")],
                          [line("hello", state="paused"), "request", line("device", state="listening")]) as daemon:
            await digitd.pause(socket=daemon.path)
            await digitd.resume(socket=daemon.path)
        self.assertEqual([request["type"] for request in daemon.requests], ["pause", "resume"])

    async def test_a_refusal_is_raised(self):
        async with Daemon([HELLO, "request", line("error", text="not here", code="unavailable")]) as daemon:
            with self.assertRaises(digitd.RequestFailed) as raised:
                await digitd.pause(socket=daemon.path)
        self.assertEqual((str(raised.exception), raised.exception.code), ("not here", "unavailable"))

    def test_the_socket_is_where_digitctl_finds_it(self):
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        os.environ["DIGITD_SOCKET"] = "/a/b"
        self.assertEqual(digitd.default_socket(), "/a/b")
        os.environ["DIGITD_SOCKET"] = ""
        if not os.path.exists("/run/digitd/digitd.sock"):
            os.environ["XDG_RUNTIME_DIR"] = "/run/user/7"
            self.assertEqual(digitd.default_socket(), "/run/user/7/digitd.sock")


if __name__ == "__main__":
    unittest.main()
