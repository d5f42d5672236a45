"""Uses the page of `digitctl serve` as a person would, in headless Chromium whose microphone is a sound file.

    browser_check.py URL RECORDING [PICTURES]

RECORDING is what the microphone hears and what is dropped: a WAV file whose first second holds no word. Prints "ready"
when the page follows the daemon, which then is to say that it heard a seven, and to send spectra whose loudest band is the
eighth; "done" at the end. PICTURES is a folder for screenshots. Needs the package playwright and a Chromium of the system.
"""

import pathlib
import shutil
import sys
import tempfile
import wave

from playwright.sync_api import expect, sync_playwright


def repeat(recording, path, seconds):
    """Writes the recording again and again, until it is that long."""
    with wave.open(recording) as source, wave.open(str(path), "wb") as target:
        target.setparams(source.getparams())
        frames = source.readframes(source.getnframes())
        length = int(seconds * source.getframerate()) * source.getsampwidth() * source.getnchannels()
        target.writeframes((frames * (length // len(frames) + 1))[:length])


def main(url, recording, pictures=None):
    def picture(page, name):
        if pictures:
            pathlib.Path(pictures).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{pictures}/{name}.png")

    complaints, requests = [], []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={recording}",
            ],
        )
        context = browser.new_context(viewport={"width": 1160, "height": 900}, color_scheme="light")
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(url)

        # What the daemon says.
        expect(page.locator("#state-words")).to_have_text("listening to default")
        print("ready", flush=True)
        expect(page.locator("#live-digit")).to_have_text("7")
        expect(page.locator("#live-word")).to_contain_text("seven")
        expect(page.locator("#live-bars li").nth(7)).to_have_class("best")
        expect(page.locator("#history tr").first).to_contain_text("live")

        # The spectrogram moves: pale where it is loud, dark where it is not, and a word's mark.
        expect(page.locator("#live-mel")).to_be_visible()
        page.wait_for_function(
            """() => {
              const canvas = document.getElementById('live-mel'), { width, height } = canvas;
              const row = (band) => Math.floor((31.5 - band) / 32 * height);
              const pixels = (y) => canvas.getContext('2d').getImageData(Math.floor(width / 2), y, Math.ceil(width / 2), 1).data;
              const count = (y, fits) => pixels(y).filter((_, i, all) => i % 4 == 0 && all[i + 3] && fits(all[i], all[i + 1], all[i + 2])).length;
              return count(row(7), (r, g) => r > 200 && g > 100) >= 2 && count(row(24), (r, g, b) => r + g + b < 60) >= 2
                && count(height - 2, (r, g) => g > r + 50) >= 2;
            }"""
        )

        # A file: seen, recognised, and trimmed with the keyboard and the mouse.
        page.set_input_files("#file", recording)
        expect(page.locator("#axis-to")).to_contain_text(" of ")
        expect(page.locator("#file-digit")).not_to_have_text("–")
        drawn = page.evaluate(
            "[...document.getElementById('mel').getContext('2d').getImageData(0, 0, 300, 100).data].some(x => x > 100 && x < 255)"
        )
        assert drawn, "the spectrogram is empty"
        length = float(page.get_attribute("#to", "aria-valuemax"))
        page.focus("#to")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#to")).to_have_attribute("aria-valuenow", f"{length - 0.11:.2f}")
        box = page.locator("#stage").bounding_box()
        with page.expect_response("**/v1/classify*") as answer:
            page.mouse.move(box["x"] + box["width"] - 0.11 / length * box["width"], box["y"] + 50)
            page.mouse.down()
            page.mouse.move(box["x"] + 0.9 / length * box["width"], box["y"] + 50, steps=8)
            page.mouse.up()
        assert answer.value.status == 200
        assert abs(float(page.get_attribute("#to", "aria-valuenow")) - 0.9) < 0.05
        # No word in the first 0.9 s, as the ear says, too.
        expect(page.locator("#file-digit")).to_have_text("–")
        page.focus("#recording")
        page.keyboard.press("w")
        expect(page.locator("#to")).to_have_attribute("aria-valuenow", f"{length:.2f}")
        expect(page.locator("#file-digit")).not_to_have_text("–")
        picture(page, "light")

        # The browser's own microphone.
        page.keyboard.press("r")
        expect(page.locator("#record-words")).to_have_text("Stop")
        page.wait_for_timeout(4000)  # So long is listened.
        page.keyboard.press("r")
        expect(page.locator("#axis-name")).to_contain_text("recorded")
        expect(page.locator("#file-digit")).not_to_have_text("–")
        assert float(page.get_attribute("#to", "aria-valuemax")) > 2
        picture(page, "recorded")

        # An example: its digits, over their places in the picture. Dragging over one selects it, a double click, too.
        page.click("[data-example$='four-seven-zero.flac']")
        expect(page.locator("#file-digit")).to_have_text("470")
        expect(page.locator("#words button")).to_have_text(["4", "7", "0"])
        stage = page.locator("#stage").bounding_box()
        boxes = [page.locator("#words button").nth(at).bounding_box() for at in (1, 2)]
        seven, zero = [box["x"] + box["width"] / 2 for box in boxes]
        height = stage["y"] + 0.6 * stage["height"]
        page.mouse.move(seven - 0.15 * stage["width"], height)
        page.mouse.down()
        page.mouse.move(seven + 0.15 * stage["width"], height, steps=8)
        page.mouse.up()
        expect(page.locator("#file-digit")).to_have_text("7")
        expect(page.locator("#words button[aria-pressed=true]")).to_have_text("7")
        page.mouse.dblclick(zero, height)
        expect(page.locator("#file-digit")).to_have_text("0")
        selected = [float(page.get_attribute(f"#{end}", "aria-valuenow")) for end in ("from", "to")]
        assert 0.3 < selected[1] - selected[0] < 1.5, selected
        # A handle is taken beside its line, too.
        line = stage["x"] + stage["width"] * selected[0] / float(page.get_attribute("#from", "aria-valuemax"))
        page.mouse.move(line - 12, height)
        page.mouse.down()
        page.mouse.move(stage["x"] + 8, height, steps=8)
        page.mouse.up()
        expect(page.locator("#file-digit")).to_have_text("470")

        # What is no sound is said to be none, and nothing is left of what was shown before.
        page.set_input_files("#file", __file__)
        expect(page.locator("#message")).to_contain_text("is not a sound file")
        expect(page.locator("#file-digit")).to_have_text("–")
        expect(page.locator("#words button")).to_have_count(0)
        expect(page.locator("#file-said")).to_have_text("")
        for name in ("wave", "mel", "heard", "from", "to", "window"):
            expect(page.locator(f"#{name}")).not_to_be_visible()

        # A recording of more than a minute is offered in parts; the one that is clicked fills the picture.
        long = pathlib.Path(folder) / "long.wav"
        repeat(recording, long, seconds=130)
        page.set_input_files("#file", long)
        expect(page.locator("#message")).to_contain_text("choose a part")
        expect(page.locator("#parts button")).to_have_text(["0:00–1:00", "1:00–2:00", "2:00–2:10"])
        page.click("#parts button >> nth=1")
        expect(page.locator("#message")).not_to_be_visible(timeout=30000)
        expect(page.locator("#from")).to_have_attribute("aria-valuenow", "60.00")
        assert page.locator("#words button").count() > 20
        picture(page, "part")
        buttons = page.evaluate("[...document.querySelectorAll('#words button')].map(b => b.getBoundingClientRect().toJSON())")
        covered = [(a, b) for a, b in zip(buttons, buttons[1:]) if a["top"] == b["top"] and a["right"] > b["left"]]
        assert not covered, covered
        wrong = [text for text in complaints if "415" not in text]
        assert not wrong, wrong

        # Dark, and as narrow as a telephone.
        page.keyboard.press("d")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        picture(page, "dark")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.evaluate("document.getElementById('state-words').textContent = 'listening to a/recording/with_a_name_without_end.wav'")
        wide = page.evaluate("[...document.querySelectorAll('.big, .state')].filter(e => e.scrollWidth > e.clientWidth).length")
        assert wide == 0, "something is wider than its room"
        picture(page, "narrow")
        elsewhere = [request for request in requests if not request.startswith(url) and not request.startswith("data:")]
        assert not elsewhere, elsewhere
        # Everything that can be worked has a name.
        nameless = page.evaluate(
            """[...document.querySelectorAll('button, [role=slider], canvas:not([aria-hidden]), a')]
               .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim())).map(e => e.outerHTML)"""
        )
        assert not nameless, nameless
        browser.close()
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
