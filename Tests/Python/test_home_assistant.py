"""Home Assistant itself, as it is published, beside the daemon: its speech-to-text and its MQTT devices.

    make home-assistant-test

installs it into .venv-homeassistant (`pip install homeassistant`, the newest that this Python can have) and runs this. Its
integrations fetch from PyPI what they need when they are set up. Where it is not installed, this is skipped.
"""

import asyncio
import getpass
import importlib.util
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import wave

ROOT = pathlib.Path(__file__).parents[2]
PROGRAMS = pathlib.Path(os.environ.get("DIGITD_TEST_BIN") or ROOT / ".build" / "release")
MOSQUITTO = "/usr/sbin/mosquitto"
# From and to a time in seconds in Tests/Fixtures/digits.wav: silence, "four", "seven", "two", with short pauses.
FOUR_SEVEN_TWO = ((0.5, 1.6), (2.4, 3.1), (5.4, 6.8))
FORMAT = (16000, 2, 1)


def recording():
    with wave.open(str(ROOT / "Tests" / "Fixtures" / "digits.wav")) as source:
        assert (source.getframerate(), source.getsampwidth(), source.getnchannels()) == FORMAT
        pieces = []
        for start, end in FOUR_SEVEN_TWO:
            source.setpos(int(start * FORMAT[0]))
            pieces.append(source.readframes(int((end - start) * FORMAT[0])))
    return b"".join(pieces)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@unittest.skipUnless(importlib.util.find_spec("homeassistant"), "Home Assistant is not installed: make home-assistant-test")
@unittest.skipUnless((PROGRAMS / "digitctl").exists(), "digitd is not built: make build")
class HomeAssistantTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # It starts only once in a process. Short: a socket's path has room for a hundred bytes.
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ha-", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.runner = asyncio.Runner()
        cls.addClassCleanup(cls.runner.close)
        cls.home = cls.runner.run(cls.start_home_assistant())
        cls.addClassCleanup(lambda: cls.runner.run(cls.home.async_stop(force=True)))

    @classmethod
    async def start_home_assistant(cls):
        """As the command `hass` does, with nothing in its folder but a configuration."""
        from homeassistant import bootstrap, runner

        cls.log = cls.folder / "home-assistant.log"
        (cls.folder / "configuration.yaml").write_text(
            f"assist_pipeline:\nhttp:\n  server_host: 127.0.0.1\n  server_port: {free_port()}\n")
        home = await bootstrap.async_setup_hass(runner.RuntimeConfig(config_dir=str(cls.folder), log_file=str(cls.log)))
        await home.async_start()
        return home

    def start(self, *command, **options):
        program = subprocess.Popen([str(part) for part in command], **options)

        def end():
            program.terminate()
            program.communicate()

        self.addCleanup(end)
        return program

    async def set_up(self, integration, **answers):
        """What a person does in "Add integration"."""
        flow = await self.home.config_entries.flow.async_init(integration, context={"source": "user"})
        self.assertEqual(flow["type"], "form", flow)
        result = await self.home.config_entries.flow.async_configure(flow["flow_id"], answers)
        self.assertEqual(result["type"], "create_entry", result)
        await self.home.async_block_till_done()
        return result

    def state(self, entity):
        state = self.home.states.get(entity)
        return state and state.state

    def attributes(self, entity):
        state = self.home.states.get(entity)
        return state.attributes if state else {}

    async def until(self, condition):
        """Waits until the states are as they should be; looks whenever one of them changes."""
        from homeassistant.core import callback

        changed = asyncio.Event()
        remove = self.home.bus.async_listen("state_changed", callback(lambda _: changed.set()))
        try:
            async with asyncio.timeout(60):
                while not condition():
                    await changed.wait()
                    changed.clear()
        except TimeoutError:
            self.fail(f"the states stay {[(state.entity_id, state.state) for state in self.home.states.async_all()]}")
        finally:
            remove()

    def test_an_assistant_understands_a_recording(self):
        daemon = self.start(
            sys.executable, ROOT / "Tests/Support/passed_sockets.py", self.folder, PROGRAMS / "digitd", "--device", "nowhere",
            "--wait-for-device", stdout=subprocess.PIPE, text=True)
        self.runner.run(self.understand(int(daemon.stdout.readline())))

    async def understand(self, port):
        from homeassistant.components import assist_pipeline, stt
        from homeassistant.components.assist_pipeline.pipeline import PipelineStage, async_get_pipeline
        from homeassistant.core import Context

        entry = await self.set_up("wyoming", host="127.0.0.1", port=port)
        self.assertEqual(entry["title"], "digitd")
        self.assertEqual(self.home.states.async_entity_ids("stt"), ["stt.digitd"])
        await assist_pipeline.async_update_pipeline(
            self.home, async_get_pipeline(self.home), stt_engine="stt.digitd", stt_language="en")

        async def chunks():
            sound = recording()
            for at in range(0, len(sound), 640):
                yield sound[at : at + 640]

        events = []
        async with asyncio.timeout(60):
            await assist_pipeline.async_pipeline_from_audio_stream(
                self.home, context=Context(), event_callback=events.append, start_stage=PipelineStage.STT,
                end_stage=PipelineStage.STT, stt_stream=chunks(),
                stt_metadata=stt.SpeechMetadata(
                    language="en", format=stt.AudioFormats.WAV, codec=stt.AudioCodecs.PCM,
                    bit_rate=stt.AudioBitRates.BITRATE_16, sample_rate=stt.AudioSampleRates.SAMPLERATE_16000,
                    channel=stt.AudioChannels.CHANNEL_MONO))
        said = {event.type.value: event.data for event in events}
        self.assertNotIn("error", said)
        self.assertEqual(said["stt-end"]["stt_output"]["text"], "four seven two")

    @unittest.skipUnless(os.access(MOSQUITTO, os.X_OK), "mosquitto is not installed")
    def test_a_microphone_is_a_device(self):
        """Found through the broker, with entities that follow what is said and a switch that pauses it."""
        port = free_port()
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(f"user {getpass.getuser()}\nlistener {port} 127.0.0.1\nallow_anonymous true\n")
        broker = self.start(MOSQUITTO, "-c", configuration, stderr=subprocess.PIPE, text=True)
        while not (line := broker.stderr.readline()).endswith(" running\n"):
            self.assertTrue(line, "mosquitto does not start")
        self.runner.run(self.follow(port))

    async def follow(self, port):
        from homeassistant.core import callback
        from homeassistant.helpers import device_registry

        await self.set_up("mqtt", broker="127.0.0.1", port=port)
        # Its sound comes when the test gives it some.
        kitchen = self.room(port, "kitchen", "--input", "-", "--raw", "16000,S16_LE,1", stdin=subprocess.PIPE)
        keys = ["event.{}_digit", "event.{}_number", "sensor.{}_state", "binary_sensor.{}_problem", "switch.{}_listening"]
        entities = {key.format("digits_kitchen") for key in keys}
        await self.until(lambda: all(self.state(entity) not in (None, "unavailable") for entity in entities))
        self.assertEqual({entity for entity in self.home.states.async_entity_ids() if "kitchen" in entity}, entities)
        device = device_registry.async_get(self.home).async_get_device(identifiers={("mqtt", "digits_kitchen")})
        self.assertEqual((device.name, device.manufacturer, device.model), ("Digits kitchen", "digitd", "digits"))

        digits, digit, number = [], "event.digits_kitchen_digit", "event.digits_kitchen_number"

        # In the loop, in their order; in a thread they might still be on their way.
        @callback
        def changed(event):
            if event.data["entity_id"] == digit:
                digits.append(event.data["new_state"].attributes["event_type"])

        remove = self.home.bus.async_listen("state_changed", changed)
        # A second of silence ends the number.
        kitchen.stdin.write(recording() + bytes(FORMAT[0] * FORMAT[1]))
        kitchen.stdin.flush()
        await self.until(lambda: self.attributes(number).get("digits"))
        remove()
        self.assertEqual(digits, ["4", "7", "2"])
        self.assertEqual((self.attributes(number)["event_type"], self.attributes(number)["digits"]), ("number", "472"))

        # A device of ALSA's that is always there and always silent.
        self.room(port, "hall", "--device", "null")
        switch, state = "switch.digits_hall_listening", "sensor.digits_hall_state"
        await self.until(lambda: (self.state(switch), self.state(state)) == ("on", "listening"))
        for service, states in ("turn_off", ("off", "paused")), ("turn_on", ("on", "listening")):
            await self.home.services.async_call("switch", service, {"entity_id": switch}, blocking=True)
            await self.until(lambda: (self.state(switch), self.state(state)) == states)

        # It is told of nothing that it does not want to be told.
        self.assertEqual([line for line in self.log.read_text().splitlines() if "components.mqtt" in line], [])

    def room(self, port, name, *arguments, **options):
        """A daemon, and what tells the broker of it."""
        path = self.folder / name
        daemon = self.start(PROGRAMS / "digitd", "--socket", path, *arguments, stdout=subprocess.DEVNULL, **options)
        self.start(
            PROGRAMS / "digitctl", "mqtt", "--host", "127.0.0.1", "--port", port, "--topic", f"digits/{name}", "--socket", path)
        return daemon


if __name__ == "__main__":
    unittest.main()
