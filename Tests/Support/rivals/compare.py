"""Measures digitd and its rivals side by side, in turns, and writes a table and a chart.

    python compare.py --digitlab PATH --digitctl PATH --onnx FILE --output DIR [--rounds N] [--seconds S] [--model FILE]
        [--torch PYTHON] [--data DIR] [--whisper PYTHON MODEL]

Every round measures ours and then each rival, so that a busy neighbour meets all of them; what counts is the shortest time
over all rounds (for training the highest rate), and the ratios are of these. The strings of digits are heard once.
"""

import argparse
import datetime
import json
import pathlib
import subprocess
import sys

import chart

HERE = pathlib.Path(__file__).parent

# The stage of ours, what it is, the rival, what the rival is.
PAIRS = [
    ("network", "network, 1 s (digitd: column by column)", "onnxruntime", "onnxruntime, all at once"),
    ("features", "mel spectrogram, 1 s (digitd: two channels)", "librosa", "librosa, one channel"),
    ("voice-activity", "voice activity, 1 s", "webrtcvad", "webrtcvad"),
    ("voice-activity", "voice activity, 1 s", "silero-vad", "silero-vad"),
    ("conditioning-48k", "48 to 8 kHz, 1 s", "soxr", "soxr HQ, without high-pass"),
]
HEARERS = {
    "digitctl": "digitd",
    "pocketsphinx": "PocketSphinx, digits grammar",
    "whisper": "Whisper tiny.en, faster-whisper, 8-bit",
}


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command[:4]))}… failed:\n{done.stderr}")
    return done.stdout


def best(kept, found):
    """Keeps the shortest and the median of the least disturbed round."""
    if kept is None or found["min_ms"] < kept["min_ms"]:
        return found | {"p50_ms": min(found["p50_ms"], kept["p50_ms"] if kept else found["p50_ms"])}
    return kept | {"p50_ms": min(found["p50_ms"], kept["p50_ms"])}


def measure(options):
    ours, theirs, training, machine = {}, {}, {}, None
    model = ["--model", options.model] if options.model else []
    rivals = [rival for _, _, rival, _ in PAIRS]
    for round in range(options.rounds):
        print(f"round {round + 1} of {options.rounds}", file=sys.stderr)
        command = [options.digitlab, "benchmark", "--json", "--seconds", str(options.seconds), *model]
        report = json.loads(run([*command, "--training-threads", str(options.training_threads)]))
        machine = report["machine"] | {"load": max(report["machine"]["load"], machine["load"] if machine else 0)}
        for stage in report["stages"]:
            ours[stage["key"]] = best(ours.get(stage["key"]), stage)
        training["ours"] = max(training.get("ours", 0), report["training"]["samples_per_s"])
        for rival in rivals:
            command = [sys.executable, HERE / "rivals.py", rival, "--seconds", str(options.seconds)]
            command += ["--onnx", options.onnx]
            theirs[rival] = best(theirs.get(rival), json.loads(run(command)))
        if options.torch:
            # It warms up slowly: half a second of it would flatter us.
            command = [options.torch, HERE.parent / "torch_rival.py", "--seconds", str(max(4, options.seconds))]
            command += ["--threads", str(options.training_threads)]
            training["theirs"] = max(training.get("theirs", 0), float(run(command)))
    return ours, theirs, training, machine


def hear_strings(options):
    """How well and how fast each hears strings of digits."""
    if not options.data:
        return {}
    script, data = HERE / "digit_strings.py", ["--data", options.data]
    model = ["--model", options.model] if options.model else []
    commands = {
        "digitctl": [sys.executable, script, "digitctl", *data, "--program", options.digitctl, *model],
        "pocketsphinx": [sys.executable, script, "pocketsphinx", *data],
    }
    if options.whisper:
        python, model = options.whisper
        commands["whisper"] = [python, script, "whisper", *data, "--model", model]
    return {name: json.loads(run(command)) for name, command in commands.items()}


def milliseconds(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def percent(share):
    return f"{100 * share:.1f} %"


def strings_table(heard):
    """What each makes of the strings of digits."""
    first = next(iter(heard.values()))
    lines = [
        f"{first['strings']} strings of digits that none has learned from, {first['digits']} digits in "
        f"{first['sound_s']:.0f} s of sound:",
        "",
        "| program | digits wrong | strings right | CPU, ms per second of sound |",
        "|---|--:|--:|--:|",
    ]
    for name, result in heard.items():
        lines.append(
            f"| {HEARERS[name]} | {percent(result['wrong'] / result['digits'])} | "
            f"{percent(result['right'] / result['strings'])} | {1e3 * result['cpu_s'] / result['sound_s']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def table(rows, notes, heading):
    lines = [heading, "", "| work | digitd, ms | rival | rival, ms | times as fast |", "|---|--:|---|--:|--:|"]
    for row in rows:
        ratio = chart.times(row["ratio"])
        lines.append(f"| {row['work']} | {row['ours']} | {row['rival']} | {row['theirs']} | **{ratio}** |")
    return "\n".join(lines + [""] + notes) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--digitlab", required=True)
    parser.add_argument("--digitctl", required=True)
    parser.add_argument("--onnx", required=True)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--model")
    parser.add_argument("--torch", help="a Python that has PyTorch")
    parser.add_argument("--training-threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--data", help="a folder that has cs304-matty")
    parser.add_argument("--whisper", nargs=2, help="a Python that has faster-whisper, and its model's folder")
    options = parser.parse_args()

    ours, theirs, training, machine = measure(options)
    ours["network"] = ours[f"network-{machine['kernels']}"]
    rows = []
    for stage, work, rival, name in PAIRS:
        mine, other = ours[stage], theirs[rival]
        rows.append(
            {
                "work": work,
                "rival": name,
                "ours": milliseconds(mine["min_ms"]),
                "theirs": milliseconds(other["min_ms"]),
                "ratio": other["min_ms"] / mine["min_ms"],
            }
        )
    heard = hear_strings(options)
    for name, result in heard.items():
        if name == "digitctl":
            continue
        mine, other = (1e3 * side["cpu_s"] / side["sound_s"] for side in (heard["digitctl"], result))
        rows.append(
            {
                "work": f"strings of digits, 1 s ({percent(result['wrong'] / result['digits'])} wrong, digitd "
                f"{percent(heard['digitctl']['wrong'] / result['digits'])})",
                "rival": HEARERS[name],
                "ours": milliseconds(mine),
                "theirs": milliseconds(other),
                "ratio": other / mine,
            }
        )
    # Threads that wait for one another lose far more to a neighbour than one alone, and not both sides alike.
    busy = machine["load"] > 1.5 * machine["processors"]
    if "theirs" in training and not busy:
        rows.append(
            {
                "work": f"training, {options.training_threads} thread" + "s" * (options.training_threads > 1),
                "rival": "PyTorch, channels_last",
                "ours": f"{training['ours']:.0f} /s",
                "theirs": f"{training['theirs']:.0f} /s",
                "ratio": training["ours"] / training["theirs"],
            }
        )

    network = ours["network"]
    peak = ours[f"peak-{machine['available'][-1]}"]
    today = datetime.date.today().isoformat()
    where = f"{machine['processor']}, {machine['processors']} cores, kernels {machine['kernels']}"
    heading = (
        f"Measured on {today}: {where} (of {', '.join(machine['available'])}), load {machine['load']:.1f}; one thread unless "
        f"said otherwise, the processor's time, in turns, the best of {options.rounds} rounds."
    )
    notes = [
        f"The network runs at {network['gflop_per_s']:.0f} GFLOP/s; products in registers reach {peak['gflop_per_s']:.0f} in "
        f"the same run, sgemm ({machine['blas']}) {ours['sgemm']['gflop_per_s']:.0f}."
    ]
    if "theirs" in training and busy:
        notes.append("The machine was too busy for a fair comparison of training, which is left out.")
    options.output.mkdir(parents=True, exist_ok=True)
    text = table(rows, notes, heading)
    if heard:
        text += "\n" + strings_table(heard)
    (options.output / "rivals.md").write_text(text)
    (options.output / "rivals.svg").write_text(chart.draw(rows, f"{where}, {today}"))
    print(text)


if __name__ == "__main__":
    main()
