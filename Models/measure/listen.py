"""What `digitd --input` makes of a file."""
import json, subprocess, sys

def events(digitd, path):
    """The events, as dictionaries with `type` and `data`; ends the program with digitd's message where it fails."""
    run = subprocess.run([digitd, "--input", str(path), "--no-socket", "--format", "json"], capture_output=True, text=True)
    if run.returncode: sys.exit(run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]

def transcripts(digitd, path):
    """The data of each digit emitted."""
    return [e["data"] for e in events(digitd, path) if e["type"] == "transcript"]
