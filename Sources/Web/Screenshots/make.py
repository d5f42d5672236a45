#!/usr/bin/env python3
"""Makes page.png and watch.png anew, in this folder.

    make.py BIN LISTENED OPENED [SECOND]

BIN is the folder of digitd and digitctl. LISTENED is what the daemon hears: a sound file of two minutes and more, whose
name is seen. OPENED is a short one that is opened on the page, where its SECOND word is selected (from 1; [1]). Needs the
packages playwright, pyte and pillow, a Chromium of the system, and the fonts of fonts-dejavu-core.
"""

import contextlib
import fcntl
import os
import pathlib
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import expect, sync_playwright

here = pathlib.Path(__file__).resolve().parent
# So long the last minute takes to fill.
minute = 66


def page(url, opened, word):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": 1160, "height": 900}, color_scheme="dark", device_scale_factor=1.5)
        page = context.new_page()
        page.goto(url)
        page.wait_for_timeout(1000 * (minute - 4))
        page.set_input_files("#file", opened)
        page.click(f"#words button >> nth={word - 1}")
        expect(page.locator("#words button[aria-pressed=true]")).to_have_count(1)
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(4000)
        # Not while a word is being said.
        page.wait_for_function("!document.getElementById('meter').classList.contains('speech')")
        page.screenshot(path=here / "page.png", full_page=True)
        browser.close()


columns, rows = 100, 33
ground, ink = (22, 24, 29), (220, 223, 228)


def screen_of(arguments):
    """What the command shows in a terminal, after a minute."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        os.environ.pop("NO_COLOR", None)
        os.execv(arguments[0], arguments)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    end = time.monotonic() + minute
    # To the end of a picture: they come in pieces.
    while (more := select.select([terminal], [], [], 0.04)[0]) or time.monotonic() < end:
        if more:
            stream.feed(os.read(terminal, 1 << 16))
    os.write(terminal, b"q")
    with contextlib.suppress(OSError):
        while os.read(terminal, 1 << 16):
            pass
    os.waitpid(process, 0)
    return screen


def draw(screen, scale=2):
    wide, tall, margin = 9 * scale, 18 * scale, 14 * scale
    font = {
        bold: ImageFont.truetype(f"/usr/share/fonts/truetype/dejavu/DejaVuSansMono{'-Bold' if bold else ''}.ttf", 15 * scale)
        for bold in (False, True)
    }
    image = Image.new("RGB", (columns * wide + 2 * margin, rows * tall + 2 * margin), ground)
    brush = ImageDraw.Draw(image)
    colour = lambda name, default: default if name == "default" else tuple(bytes.fromhex(name))
    for y in range(rows):
        for x in range(columns):
            cell = screen.buffer[y][x]
            front, back = colour(cell.fg, ink), colour(cell.bg, ground)
            if cell.reverse:
                front, back = back, front
            left, top = margin + x * wide, margin + y * tall

            def block(from_x, from_y, to_x, to_y, fill=front):
                brush.rectangle(
                    [left + round(from_x * wide), top + round(from_y * tall),
                     left + round(to_x * wide) - 1, top + round(to_y * tall) - 1], fill=fill)

            block(0, 0, 1, 1, back)
            code = ord(cell.data[0])
            # Blocks without the seams of a font's.
            if cell.data == "▀":
                block(0, 0, 1, 0.5)
            elif 0x2581 <= code <= 0x2588:
                block(0, 1 - (code - 0x2580) / 8, 1, 1)
            elif 0x2589 <= code <= 0x258F:
                block(0, 0, (0x2590 - code) / 8, 1)
            elif cell.data.strip():
                brush.text((left, top + 0.78 * tall), cell.data, font=font[cell.bold], fill=front, anchor="ls")
    return image


@contextlib.contextmanager
def running(*arguments, **options):
    process = subprocess.Popen(arguments, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def main(programs, listened, opened, word=1):
    programs, listened = pathlib.Path(programs).resolve(), pathlib.Path(listened).resolve()
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        socket = f"{folder}/s"
        listen = [programs / "digitd", "--input", listened.name, "--realtime", "--socket", socket]
        with running(*listen, cwd=listened.parent, stdout=subprocess.DEVNULL):
            serve = [programs / "digitctl", "serve", "--port", "0", "--socket", socket]
            with running(*serve, stdout=subprocess.PIPE, text=True) as server:
                page(server.stdout.readline().strip(), opened, int(word))
        with running(*listen, cwd=listened.parent, stdout=subprocess.DEVNULL):
            while not os.path.exists(socket):
                time.sleep(0.05)
            screen = screen_of([str(programs / "digitctl"), "watch", "--socket", socket])
    draw(screen).save(here / "watch.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
