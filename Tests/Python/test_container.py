"""What Podman makes of the Quadlet file. Needs Podman 4.4 or later (Debian 13); nothing is started."""

import os
import pathlib
import shlex
import subprocess
import tempfile
import unittest

QUADLET = os.environ.get("DIGITD_TEST_QUADLET") or "/usr/libexec/podman/quadlet"
FILE = pathlib.Path(__file__).parents[2] / "systemd" / "container" / "digitd.container"


@unittest.skipUnless(os.access(QUADLET, os.X_OK), f"there is no {QUADLET}: it comes with Podman 4.4")
class QuadletTests(unittest.TestCase):
    def generate(self, text):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / FILE.name).write_text(text)
            return subprocess.run(
                [QUADLET, "-dryrun"], env={**os.environ, "QUADLET_UNIT_DIRS": folder}, capture_output=True, text=True)

    def test_it_makes_a_service_of_it(self):
        made = self.generate(FILE.read_text())
        self.assertEqual(made.returncode, 0, made.stderr)
        # A word more than this would be a complaint.
        complaints = [line for line in made.stderr.splitlines() if "Loading source unit file" not in line]
        self.assertEqual(complaints, [])
        lines = made.stdout.splitlines()
        self.assertIn("---digitd.service---", lines)
        self.assertIn("Type=notify", lines)
        command = shlex.split(next(line for line in lines if line.startswith("ExecStart=")).removeprefix("ExecStart="))
        self.assertEqual(command[-1], "localhost/digitd:latest")
        for flag in ["--device-cgroup-rule=c 116:* rw", "--read-only", "--security-opt=no-new-privileges", "--sdnotify=container"]:
            self.assertIn(flag, command)
        pairs = list(zip(command, command[1:]))
        for pair in [("-v", "/dev/snd:/dev/snd"), ("-v", "/run/digitd:/run/digitd:U"), ("--user", "digitd:${AUDIO_GROUP}"),
                     ("--network", "none"), ("--cap-drop", "all")]:
            self.assertIn(pair, pairs)

    def test_a_key_that_there_is_not_would_be_found(self):
        made = self.generate(FILE.read_text().replace("ReadOnly=", "ReadOnli="))
        self.assertIn("ReadOnli", made.stderr)


if __name__ == "__main__":
    unittest.main()
