#!/usr/bin/env python3
"""Makes sound files as other programs write them, whole and damaged: make-sound-suite.py FOLDER [FRAMES]

The kinds are those that the test suites of public sound libraries hold (hound, SciPy, CPython, libsndfile, go-audio,
mutagen, FLAC's own and the reports at their trackers), made anew here. Every file holds the beginning of one signal,
0.4 sin(2 pi 440 n / RATE), the same in all its channels: FRAMES of it [4000]. FOLDER/expected.tsv says what is right, a file a line:

  name, rate, frames, slack (by how many frames the count may differ), tolerance (of a sample, or "level": what the codec
  moves is compared by its level), outcome: heard, short (and it is said that something is missing), scaled (and that is
  said), or refused and the words that the refusal must hold

Python's standard library; what needs a codec is made by ffmpeg or sox where they are installed, and else left out."""

import math
import os
import shutil
import struct
import subprocess
import sys
import zlib

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
expected = []
RATE = 8000
N = int(sys.argv[2]) if len(sys.argv) > 2 else 4000


def signal(n=N, rate=RATE):
    return [0.4 * math.sin(2 * math.pi * 440 * i / rate) for i in range(n)]


def add(name, data, frames=N, tolerance=2 / 32768, outcome="heard", rate=RATE, slack=0):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)
    expected.append((name, rate, frames, slack, tolerance, outcome))


# Samples

def integers(bits, order, n=N, channels=1, container=None, rate=RATE):
    """Signed integers; 8 bits are unsigned in WAV and have a function of their own. In a larger container they lie on top."""
    size = (container or bits) // 8
    out = bytearray()
    for x in signal(n, rate):
        value = round(x * (1 << (bits - 1))) << ((container or bits) - bits)
        out += (value.to_bytes(size, order, signed=True)) * channels
    return bytes(out)


def unsigned8(n=N, channels=1):
    return b"".join(bytes([round(x * 128) + 128]) * channels for x in signal(n))


def signed8(n=N):
    return b"".join(struct.pack("b", round(x * 128)) for x in signal(n))


def floats(order, width=4, scale=1.0, n=N, channels=1):
    code = ("<" if order == "little" else ">") + ("f" if width == 4 else "d")
    return b"".join(struct.pack(code, x * scale) * channels for x in signal(n))


def mulaw(n=N):
    out = bytearray()
    for x in signal(n):
        value = round(x * 32768)
        sign = 0x80 if value < 0 else 0
        value = min(abs(value), 32635) + 132
        exponent = value.bit_length() - 8
        out.append(~(sign | exponent << 4 | (value >> (exponent + 3)) & 15) & 255)
    return bytes(out)


def alaw(n=N):
    out = bytearray()
    for x in signal(n):
        value = round(x * 32768) >> 3
        sign = 0x80 if value >= 0 else 0
        value = value if value >= 0 else -value - 1
        exponent = max(0, value.bit_length() - 5)
        mantissa = (value >> max(1, exponent)) & 15
        out.append((sign | exponent << 4 | mantissa) ^ 0x55)
    return bytes(out)


# WAV

def chunk(name, body, order="little", size=None, pad=True):
    code = "<I" if order == "little" else ">I"
    return name + struct.pack(code, len(body) if size is None else size) + body + (b"\0" if pad and len(body) % 2 else b"")


def fmt(tag, channels, rate, bits, order="little", container=None, extension=b"", align=None):
    code = "<" if order == "little" else ">"
    block = channels * (container or (bits + 7) // 8 * 8) // 8 if align is None else align
    return struct.pack(code + "HHIIHH", tag, channels, rate, rate * block, block, bits) + extension


def wav(body, tag=1, channels=1, bits=16, rate=RATE, order="little", container=None, extension=b"", before=b"", after=b"",
        size=None, riff=None, align=None, magic=None):
    inside = b"WAVE" + chunk(b"fmt ", fmt(tag, channels, rate, bits, order, container, extension, align), order) + before
    inside += chunk(b"data", body, order, size) + after
    magic = magic or (b"RIFF" if order == "little" else b"RIFX")
    return magic + struct.pack("<I" if order == "little" else ">I", len(inside) if riff is None else riff) + inside


def extensible(kind, bits, channels):
    guid = struct.pack("<H", kind) + bytes.fromhex("000000001000800000aa00389b71")
    return struct.pack("<HHI", 22, bits, (1 << channels) - 1) + guid


pcm = integers(16, "little")
add("wav-pcm16.wav", wav(pcm))
add("wav-pcm8.wav", wav(unsigned8(), bits=8), tolerance=1 / 100)
add("wav-pcm24.wav", wav(integers(24, "little"), bits=24))
add("wav-pcm32.wav", wav(integers(32, "little"), bits=32))
add("wav-stereo.wav", wav(integers(16, "little", channels=2), channels=2))
add("wav-five-channels.wav", wav(integers(16, "little", channels=5), channels=5))
add("wav-float32.wav", wav(floats("little"), tag=3, bits=32))
add("wav-float64.wav", wav(floats("little", 8), tag=3, bits=64))
add("wav-mulaw.wav", wav(mulaw(), tag=7, bits=8, extension=b"\0\0"), tolerance=0.02)
add("wav-alaw.wav", wav(alaw(), tag=6, bits=8, extension=b"\0\0"), tolerance=0.02)
add("wav-waveformatex.wav", wav(pcm, extension=b"\0\0"))
for bits, container in [(16, 16), (24, 24), (32, 32)]:
    add(f"wav-extensible-{bits}.wav", wav(integers(bits, "little", container=container), tag=0xFFFE, bits=container,
                                          extension=extensible(1, bits, 1)))
add("wav-extensible-24-in-32.wav", wav(integers(24, "little", container=32), tag=0xFFFE, bits=32, extension=extensible(1, 24, 1)))
add("wav-extensible-20-in-24.wav", wav(integers(20, "little", container=24), tag=0xFFFE, bits=24, extension=extensible(1, 20, 1)))
add("wav-extensible-float.wav", wav(floats("little"), tag=0xFFFE, bits=32, extension=extensible(3, 32, 1)))
add("wav-rifx-16.wav", wav(integers(16, "big"), order="big"))
add("wav-rifx-float.wav", wav(floats("big"), tag=3, bits=32, order="big"))
add("wav-192000.wav", wav(integers(16, "little", rate=192000), rate=192000), rate=192000)
add("wav-block-of-zero.wav", wav(pcm, align=0))
add("wav-block-of-one-channel.wav", wav(integers(16, "little", channels=2), channels=2, align=2))
listing = chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 5) + b"made\0")
add("wav-list-before.wav", wav(pcm, before=listing))
add("wav-list-behind.wav", wav(pcm, after=listing))
add("wav-odd-chunk-without-pad.wav", wav(pcm, before=chunk(b"junk", b"odd", pad=False)))
add("wav-odd-chunk-with-pad.wav", wav(pcm, before=chunk(b"junk", b"odd")))
add("wav-broadcast.wav", wav(pcm, before=chunk(b"bext", bytes(602)) + chunk(b"cue ", struct.pack("<I", 0))))
add("wav-incomplete-chunk-behind.wav", wav(pcm, after=b"fac"))
add("wav-lies-chunk-behind.wav", wav(pcm, after=b"LIST" + struct.pack("<I", 9_000_000) + b"INFO"))
# Lengths that do not hold
whole = wav(pcm)
add("wav-byte-short.wav", whole[:-1], frames=N - 1)
add("wav-16-too-many.wav", wav(pcm, size=len(pcm) + 16))
add("wav-100-too-many.wav", wav(pcm, size=len(pcm) + 100))
add("wav-half.wav", whole[: 44 + N], frames=N // 2, outcome="short")
add("wav-stereo-half-frame.wav", wav(integers(16, "little", channels=2), channels=2)[:-3], frames=N - 1)
add("wav-size-0.wav", wav(pcm, size=0, riff=0))
add("wav-size-0-riff-36.wav", wav(pcm, size=0, riff=36))
add("wav-size-0-list-behind.wav", wav(b"", after=listing), frames=0, outcome="refused holds no sound")
for size in [0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x7FFFF000]:
    add(f"wav-size-{size:08x}.wav", wav(pcm, size=size, riff=0xFFFFFFFF))
add("wav-riff-size-0.wav", wav(pcm, riff=0))
add("wav-riff-size-too-small.wav", wav(pcm, riff=100))
add("wav-only-header.wav", wav(b""), frames=0, outcome="refused holds no sound")
add("wav-header-cut.wav", whole[:30], frames=0, outcome="refused not a sound file")
add("wav-zeros-behind.wav", whole + bytes(4096))
add("wav-id3v1-behind.wav", whole + b"TAG" + bytes(125))
id3 = b"ID3\x04\0\0" + bytes([0, 0, 1, 0]) + bytes(128)
add("wav-id3v2-before.wav", id3 + whole)
add("wav-zeros-before.wav", bytes(100) + whole)
add("wav-http-header-before.wav", b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n\r\n" + whole)
ds64 = struct.pack("<QQQI", 0, len(pcm), N, 0)
rf64 = b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", ds64) + chunk(b"fmt ", fmt(1, 1, RATE, 16)) + chunk(b"data", pcm, size=0xFFFFFFFF)
add("rf64.wav", rf64)
add("bw64.wav", b"BW64" + rf64[4:])
add("rf64-half.wav", rf64[: len(rf64) - N], frames=N // 2, outcome="short")
add("rf64-id3v2-before.wav", id3 + rf64)
# Floats over full scale
add("float-hot.wav", wav(floats("little", scale=5), tag=3, bits=32), tolerance="peak")
add("float-int16.wav", wav(floats("little", scale=32768), tag=3, bits=32), outcome="scaled")
add("float-int24.wav", wav(floats("little", scale=1 << 23), tag=3, bits=32), outcome="scaled")
add("float-int32.wav", wav(floats("little", scale=1 << 31), tag=3, bits=32), outcome="scaled")
add("double-int16.wav", wav(floats("little", 8, scale=32768), tag=3, bits=64), outcome="scaled")
spoilt = bytearray(floats("little"))
for at, value in [(100, math.nan), (200, math.inf), (300, -math.inf), (400, 3e38)]:
    spoilt[4 * at : 4 * at + 4] = struct.pack("<f", value)
add("float-no-numbers.wav", wav(bytes(spoilt), tag=3, bits=32), tolerance="level")

# Wave64

W64 = bytes.fromhex("2e91cf11a5d628db04c10000")


def wave64(body, size=None, after=b""):
    def part(name, body, size=None):
        return name + bytes.fromhex("f3acd3118cd100c04f8edb8a") + struct.pack("<Q", 24 + len(body) if size is None else size) + body
    inside = b"wave" + bytes.fromhex("f3acd3118cd100c04f8edb8a") + part(b"fmt ", fmt(1, 1, RATE, 16)) + part(b"data", body, size)
    return b"riff" + W64 + struct.pack("<Q", 24 + len(inside)) + inside + after


add("w64.w64", wave64(pcm))
add("w64-byte-short.w64", wave64(pcm)[:-1], frames=N - 1)
add("w64-half.w64", wave64(pcm)[:-N], frames=N // 2, outcome="short")
add("w64-size-0.w64", wave64(pcm, size=0))
add("w64-id3v1-behind.w64", wave64(pcm, after=b"TAG" + bytes(125)))
add("w64-zeros-behind.w64", wave64(pcm, after=bytes(4096)))
add("w64-id3v2-before.w64", id3 + wave64(pcm))

# AIFF

def extended(rate):
    exponent = int(math.log2(rate))
    return struct.pack(">HQ", 16383 + exponent, rate << (63 - exponent))


def aiff(body, bits=16, kind=None, frames=N, size=None, order="common first", channels=1, after=b""):
    common = struct.pack(">HIH", channels, frames, bits) + extended(RATE)
    if kind:
        common += kind + b"\x00\x00"
    common = chunk(b"COMM", common, "big")
    sound = chunk(b"SSND", bytes(8) + body, "big", size)
    inside = (b"AIFC" if kind else b"AIFF") + (common + sound if order == "common first" else sound + common) + after
    return b"FORM" + struct.pack(">I", len(inside)) + inside


big = integers(16, "big")
add("aiff-16.aiff", aiff(big))
add("aiff-8.aiff", aiff(signed8(), bits=8), tolerance=1 / 100)
add("aiff-24.aiff", aiff(integers(24, "big"), bits=24))
add("aiff-32.aiff", aiff(integers(32, "big"), bits=32))
add("aiff-sound-first.aiff", aiff(big, order="sound first"))
add("aifc-none.aifc", aiff(big, kind=b"NONE"))
add("aifc-sowt.aifc", aiff(pcm, kind=b"sowt"))
add("aifc-fl32.aifc", aiff(floats("big"), bits=32, kind=b"fl32"))
add("aifc-fl64.aifc", aiff(floats("big", 8), bits=64, kind=b"fl64"))
add("aifc-ulaw.aifc", aiff(mulaw(), kind=b"ulaw"), tolerance=0.02)
add("aifc-alaw.aifc", aiff(alaw(), kind=b"alaw"), tolerance=0.02)
add("aifc-int16-as-float.aifc", aiff(floats("big", scale=32768), bits=32, kind=b"fl32"), outcome="scaled")
add("aiff-byte-short.aiff", aiff(big)[:-1], frames=N - 1)
add("aiff-half.aiff", aiff(big)[:-N], frames=N // 2, outcome="short")
add("aiff-killed.aiff", aiff(big, frames=0, size=0))
add("aiff-killed-size-8.aiff", aiff(big, frames=0, size=8))
add("aiff-frames-too-many.aiff", aiff(big, frames=N * 9))
add("aiff-id3v2-before.aiff", id3 + aiff(big))
add("aiff-zeros-behind.aiff", aiff(big) + bytes(4096))
add("aiff-id3-chunk.aiff", aiff(big, after=chunk(b"ID3 ", id3, "big")))

# Sun

def sun(body, encoding, size=None, order="big", extra=b"", channels=1):
    code = ">" if order == "big" else "<"
    return (b".snd" if order == "big" else b"dns.") + struct.pack(
        code + "5I", 24 + len(extra), len(body) if size is None else size, encoding, RATE, channels) + extra + body


add("sun-16.au", sun(big, 3))
add("sun-16-little.au", sun(pcm, 3, order="little"))
add("sun-mulaw.au", sun(mulaw(), 1), tolerance=0.02)
add("sun-float.au", sun(floats("big"), 6))
add("sun-comment.au", sun(big, 3, extra=b"a comment here!!"))
add("sun-size-unknown.au", sun(big, 3, size=0xFFFFFFFF))
add("sun-size-0.au", sun(big, 3, size=0))
add("sun-byte-short.au", sun(big, 3)[:-1], frames=N - 1)
add("sun-half.au", sun(big, 3)[:-N], frames=N // 2, outcome="short")
add("sun-tag-behind.au", sun(big, 3) + b"TAG" + bytes(125))
add("sun-id3v2-before.au", id3 + sun(big, 3))

# Core Audio

def caf(body, flags=0, bits=16, size=None, after=b"", before=b""):
    description = struct.pack(">d4s5I", RATE, b"lpcm", flags, bits // 8, 1, 1, bits)
    return (b"caff\0\x01\0\0desc" + struct.pack(">q", 32) + description + before + b"data"
            + struct.pack(">q", 4 + len(body) if size is None else size) + bytes(4) + body + after)


add("caf-16.caf", caf(big))
add("caf-16-little.caf", caf(pcm, flags=2))
add("caf-float.caf", caf(floats("big"), flags=1, bits=32))
add("caf-size-unknown.caf", caf(big, size=-1))
add("caf-byte-short.caf", caf(big)[:-1], frames=N - 1)
add("caf-half.caf", caf(big)[:-N], frames=N // 2, outcome="short")
add("caf-free-before.caf", caf(big, before=b"free" + struct.pack(">q", 4000) + bytes(4000)))
add("caf-tag-behind.caf", caf(big, after=b"TAG" + bytes(125)))
add("caf-id3v2-before.caf", id3 + caf(big))

# Codecs, by whatever is installed

source = os.path.join(folder, "wav-pcm16.wav")
long = os.path.join(folder, "wav-long.wav")
LONG = 20 * N
add("wav-long.wav", wav(integers(16, "little", n=LONG)), frames=LONG)


def encoded(name, original, *options):
    path = os.path.join(folder, name)
    if shutil.which("ffmpeg"):
        command = ["ffmpeg", "-v", "error", "-y", "-i", original, *options, path]
    elif shutil.which("sox") and not options:
        command = ["sox", original, path]
    else:
        return None
    if subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        return None
    with open(path, "rb") as file:
        data = file.read()
    os.remove(path)
    return data


ima4 = encoded("x.aiff", long, "-c:a", "adpcm_ima_qt") if shutil.which("ffmpeg") else None
if ima4:
    add("aifc-ima4.aifc", ima4, frames=LONG, slack=64, tolerance="level")
    add("aifc-ima4-byte-short.aifc", ima4[:-1], frames=LONG, slack=128, tolerance="level")
    add("aifc-ima4-half.aifc", ima4[: len(ima4) // 2], frames=LONG // 2, slack=256, tolerance="level", outcome="short")
ape = b"APETAGEX" + struct.pack("<IIII", 2000, 32 + 16, 1, 0) + bytes(8)
ape_tag = struct.pack("<II", 4, 0) + b"Key\0text"[:8] + ape
ends = {"id3v1": b"TAG" + bytes(125), "zeros": bytes(4096), "ape": ape_tag, "ape-id3v1": ape_tag + b"TAG" + bytes(125)}
flac = encoded("x.flac", source)
if flac:
    add("flac.flac", flac)
    add("flac-id3v2-before.flac", id3 + flac)
    add("flac-zeros-before.flac", bytes(100) + flac)
    for name, end in ends.items():
        add(f"flac-{name}-behind.flac", flac + end)
    # STREAMINFO's last bytes: 36 bits say how many samples there are; 0 is "nobody knows".
    unknown = bytearray(flac)
    unknown[21] &= 0xF0
    unknown[22:26] = bytes(4)
    add("flac-length-unknown.flac", bytes(unknown))
    for name, end in ends.items():
        add(f"flac-length-unknown-{name}-behind.flac", bytes(unknown) + end)
    longer = encoded("x.flac", long)
    add("flac-half.flac", longer[: len(longer) * 3 // 4], frames=LONG // 2, slack=LONG // 2, outcome="short")
    add("flac-byte-short.flac", longer[:-1], frames=LONG)
    add("flac-two-bytes-short.flac", longer[:-2], frames=LONG)
    add("flac-ten-bytes-short.flac", longer[:-10], frames=LONG, slack=4608, tolerance="level", outcome="short")


def flac_frames(data):
    """Where frames begin: their mark, and a checksum of their header that is right."""
    found = []
    for at in range(len(data) - 16):
        if data[at] != 0xFF or data[at + 1] & 0xFE != 0xF8 or data[at + 3] & 1 or not data[at + 2] >> 4:
            continue
        lead, size, rate = data[at + 4], data[at + 2] >> 4, data[at + 2] & 15
        number = 1 if lead < 0x80 else 8 - (~lead & 0xFF).bit_length()
        end = at + 4 + number + {6: 1, 7: 2}.get(size, 0) + {12: 1, 13: 2, 14: 2}.get(rate, 0)
        check = 0
        for byte in data[at:end]:
            check ^= byte
            for _ in range(8):
                check = check << 1 & 0xFF ^ (0x07 if check & 0x80 else 0)
        if rate != 15 and number != 8 and check == data[end]:
            found.append(at)
    return found


# Cut around the end of a frame: each frame that is whole but for its checksum is heard, to the sample. Two channels that are
# the same leave zeros at the end of a frame, which are its own.
for name, options in [("mono", []), ("stereo-24", ["-af", "pan=stereo|c0=c0|c1=c0", "-sample_fmt", "s32"])]:
    cut = encoded("x.flac", long, *options) if shutil.which("ffmpeg") else None
    if not cut:
        continue
    size = int.from_bytes(cut[8:10], "big")
    frames = flac_frames(cut)
    middle = len(frames) // 2
    for past in [-3, -2, -1, 0, 1, 5, 9, 40]:
        for label, end in [("", b""), ("-zeros", bytes(4096)), ("-id3v1", ends["id3v1"])]:
            # What lacks its checksum and has zeros behind it lacks nobody knows how much.
            if past < 0 and label == "-zeros":
                continue
            whole = middle - (past < -2)
            add(f"flac-{name}-cut{past:+d}{label}.flac", cut[: frames[middle] + past] + end, frames=whole * size, outcome="short")
for kind, options in [("ogg", ["-c:a", "libvorbis"]), ("opus", ["-c:a", "libopus"])]:
    ogg = encoded("x." + kind, source, *(options if shutil.which("ffmpeg") else []))
    longer = encoded("x." + kind, long, *(options if shutil.which("ffmpeg") else []))
    if not ogg or not longer:
        continue
    lossy = dict(tolerance="level", slack=400)
    add(f"{kind}.{kind}", ogg, **lossy)
    add(f"{kind}-id3v2-before.{kind}", id3 + ogg, **lossy)
    add(f"{kind}-zeros-before.{kind}", bytes(100) + ogg, **lossy)
    for name, end in ends.items():
        add(f"{kind}-{name}-behind.{kind}", ogg + end, **lossy)
    # A short recording may be a single page: it is heard, and nobody can say what is missing.
    add(f"{kind}-byte-short.{kind}", ogg[:-1], tolerance="level", slack=1000, outcome="heard or short")
    add(f"{kind}-half.{kind}", longer[: len(longer) * 2 // 3], frames=LONG * 2 // 3, slack=LONG // 3, tolerance="level", outcome="short")
for name, options in [("mp3", ["-b:a", "32k"]), ("mp3-without-length", ["-write_xing", "0"]), ("mp3-without-tags", ["-id3v2_version", "0"])]:
    mp3 = encoded("x.mp3", source, *options)
    longer = encoded("x.mp3", long, *options)
    if not mp3 or not longer:
        continue
    lossy = dict(tolerance="level", slack=2400)
    add(f"{name}.mp3", mp3, **lossy)
    add(f"{name}-zeros-before.mp3", bytes(100) + mp3, **lossy)
    for end_name, end in ends.items():
        add(f"{name}-{end_name}-behind.mp3", mp3 + end, **lossy)
    add(f"{name}-byte-short.mp3", mp3[:-1], **lossy)
    # Cut in the middle of a frame.
    add(f"{name}-half.mp3", longer[: len(longer) * 2 // 3 + 30], frames=LONG * 2 // 3, slack=LONG // 3, tolerance="level", outcome="short")

# What is none of these

add("text.wav", b"hello, this is no sound\n" * 20, frames=0, outcome="refused not a sound file")
add("video.m4a", struct.pack(">I", 32) + b"ftypM4A " + bytes(200), frames=0, outcome="refused m4a")
add("browser.webm", bytes.fromhex("1a45dfa3") + bytes(200), frames=0, outcome="refused WebM")
add("phone.amr", b"#!AMR\n" + bytes(200), frames=0, outcome="refused AMR")
add("windows.wma", bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(200), frames=0, outcome="refused Windows Media")
add("archive.wav", zlib.compress(pcm), frames=0, outcome="refused not a sound file")

with open(os.path.join(folder, "expected.tsv"), "w") as file:
    for line in expected:
        file.write("\t".join(str(field) for field in line) + "\n")
