"""Measures digitctl and its rivals side by side, in turns, and writes a table and a chart.

    python compare.py --digitctl PATH --onnx FILE --output DIR [--rounds N] [--seconds S] [--model FILE]
        [--torch PYTHON] [--recordings FILE...]

Every round measures ours and then each rival, so that a busy neighbour meets all of them; what counts is the shortest time
over all rounds (for training the highest rate), and the ratios are of these.
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
    ("network", "network", "onnxruntime", "onnxruntime"),
    ("features", "noise reduction and mel", "librosa-tuned", "noisereduce (tuned) + librosa"),
    ("features", "noise reduction and mel", "librosa", "noisereduce (as it comes) + librosa"),
    ("utterance", "sound to digit", "librosa+onnxruntime", "noisereduce (tuned) + librosa + onnxruntime"),
    ("utterance", "sound to digit", "pocketsphinx", "PocketSphinx, digits grammar"),
    ("voice-activity", "voice activity, 1 s", "webrtcvad", "webrtcvad"),
    ("voice-activity", "voice activity, 1 s", "silero-vad", "silero-vad"),
    ("conditioning-48k", "48 to 8 kHz, 1 s", "soxr", "soxr HQ, without high-pass"),
]


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
    rivals = [rival for _, _, rival, _ in PAIRS if rival != "pocketsphinx" or options.recordings]
    for round in range(options.rounds):
        print(f"round {round + 1} of {options.rounds}", file=sys.stderr)
        command = [options.digitctl, "benchmark", "--json", "--seconds", str(options.seconds), *model]
        report = json.loads(run([*command, "--training-threads", str(options.training_threads)]))
        machine = report["machine"] | {"load": max(report["machine"]["load"], machine["load"] if machine else 0)}
        for stage in report["stages"]:
            ours[stage["key"]] = best(ours.get(stage["key"]), stage)
        training["ours"] = max(training.get("ours", 0), report["training"]["samples_per_s"])
        for rival in rivals:
            if rival == "pocketsphinx" and round > 0:
                continue
            command = [sys.executable, HERE / "rivals.py", rival, "--seconds", str(options.seconds)]
            command += ["--onnx", options.onnx, "--recordings", *options.recordings]
            theirs[rival] = best(theirs.get(rival), json.loads(run(command)))
        if options.torch:
            # It warms up slowly: half a second of it would flatter us.
            command = [options.torch, HERE.parent / "torch_rival.py", "--seconds", str(max(4, options.seconds))]
            command += ["--threads", str(options.training_threads)]
            training["theirs"] = max(training.get("theirs", 0), float(run(command)))
    return ours, theirs, training, machine


def accuracy(options):
    """How many of the recordings, named DIGIT_…, ours gets right: the best guess of the ten."""
    model = ["--model", options.model] if options.model else []
    right = 0
    for start in range(0, len(options.recordings), 500):
        part = options.recordings[start : start + 500]
        for line in run([options.digitctl, "classify", "--json", *model, *part]).splitlines():
            said = json.loads(line)
            guess = max(range(10), key=lambda digit: said["probabilities"][digit])
            right += guess == int(pathlib.Path(said["path"]).name[0])
    return right


def milliseconds(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def table(rows, notes, heading):
    lines = [heading, "", "| work | digitd, ms | rival | rival, ms | times as fast |", "|---|--:|---|--:|--:|"]
    for row in rows:
        ratio = chart.times(row["ratio"])
        lines.append(f"| {row['work']} | {row['ours']} | {row['rival']} | {row['theirs']} | **{ratio}** |")
    return "\n".join(lines + [""] + notes) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--digitctl", required=True)
    parser.add_argument("--onnx", required=True)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--model")
    parser.add_argument("--torch", help="a Python that has PyTorch")
    parser.add_argument("--training-threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--recordings", nargs="*", default=[])
    options = parser.parse_args()

    ours, theirs, training, machine = measure(options)
    rows = []
    for stage, work, rival, name in PAIRS:
        if rival not in theirs:
            continue
        mine, other = ours[stage], theirs[rival]
        # PocketSphinx hears each recording once, so it is the medians that compare.
        by = "p50_ms" if rival == "pocketsphinx" else "min_ms"
        rows.append(
            {
                "work": work,
                "rival": name,
                "ours": milliseconds(mine[by]),
                "theirs": milliseconds(other[by]),
                "ratio": other[by] / mine[by],
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
    today = datetime.date.today().isoformat()
    where = f"{machine['processor']}, {machine['processors']} cores"
    heading = (
        f"Measured on {today}: {where}, kernels {machine['kernels']}, load {machine['load']:.1f}; one thread unless said "
        f"otherwise, in turns, the best of {options.rounds} rounds."
    )
    notes = [
        f"The network runs at {network['gflop_per_s']:.0f} GFLOP/s; the best of sgemm in the same run "
        f"({machine['blas']}) is {ours['sgemm']['gflop_per_s']:.0f}. From the utterance to the digit: "
        f"{milliseconds(ours['utterance']['min_ms'])} ms at best, {milliseconds(ours['utterance']['p50_ms'])} ms median."
    ]
    if "theirs" in training and busy:
        notes.append("The machine was too busy for a fair comparison of training, which is left out.")
    if options.recordings:
        count = len(options.recordings)
        notes.append(
            f"Of the data set's {count} test recordings digitd gets {accuracy(options)} right, PocketSphinx "
            f"{theirs['pocketsphinx']['right']} (its row compares medians)."
        )
    options.output.mkdir(parents=True, exist_ok=True)
    text = table(rows, notes, heading)
    (options.output / "rivals.md").write_text(text)
    (options.output / "rivals.svg").write_text(chart.draw(rows, f"{where}, {today}"))
    print(text)


if __name__ == "__main__":
    main()
