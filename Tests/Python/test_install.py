"""What "make install" does, with programs that do nothing: nothing is compiled and nothing outside a folder is touched."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
PROGRAMS = ["digitd", "digitctl", "digitlab", "generate-manual"]
# The generator of the manual pages is called PROGRAM --section N -o FOLDER.
PROGRAM = '#!/bin/sh\nif [ "$2" = --section ]; then echo .Sh NAME > "$5/$(basename "$1").$3"; fi\n'


class InstallTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name) / "tree"
        self.out = pathlib.Path(folder.name) / "out"
        for name in ["Sources", "systemd"]:
            shutil.copytree(ROOT / name, self.tree / name)
        for name in ["Makefile", "Package.swift", "README.md"]:
            shutil.copy2(ROOT / name, self.tree / name)
        (self.tree / "Tests").symlink_to(ROOT / "Tests")
        (self.tree / "Models").mkdir()
        for file in (ROOT / "Models").glob("*.md"):
            shutil.copy2(file, self.tree / "Models")
        for name in ["digits", "digits-ar"]:
            (self.tree / "Models" / f"{name}.safetensors").write_text("first")
        (self.tree / "Models/languages").symlink_to(ROOT / "Models/languages")
        built = self.tree / ".build-static/release"
        built.mkdir(parents=True)
        for name in PROGRAMS:
            (built / name).write_text(PROGRAM)
            (built / name).chmod(0o755)
        self.tools = self.tree.parent / "tools"
        self.tools.mkdir()
        (self.tools / "strip").write_text("#!/bin/sh\n")
        (self.tools / "strip").chmod(0o755)
        self.stamp = self.tree / ".build-static/built"
        self.stamp.touch()

    def make(self, *arguments):
        # As sudo calls it. There is nothing to strip, and no way to compile.
        environment = {"PATH": f"{self.tools}:{os.environ['PATH']}", "SUDO_USER": "alice"}
        return subprocess.run(
            ["make", "-C", self.tree, f"DESTDIR={self.out}", "PREFIX=/usr", "STATIC_BUILD=false", *arguments],
            env=environment, capture_output=True, text=True)

    def install(self):
        made = self.make("install")
        self.assertEqual(made.returncode, 0, made.stderr)

    def test_what_is_built_is_installed(self):
        self.install()
        for name in ["bin/digitd", "bin/digitctl", "bin/digitlab", "share/man/man8/digitd.8", "share/digitd/digits.txt",
                     "lib/systemd/system/digitd-wyoming.socket", "lib/systemd/user/digitd@.service"]:
            self.assertTrue((self.out / "usr" / name).exists(), name)
        self.assertIn("ExecStart=/usr/bin/digitd ", (self.out / "usr/lib/systemd/system/digitd.service").read_text())

    def test_nothing_is_compiled_as_root_nor_installed_if_it_is_old(self):
        source = self.tree / "Sources/digitd/Digitd.swift"
        os.utime(source, (self.stamp.stat().st_mtime + 10,) * 2)
        made = self.make("install")
        self.assertNotEqual(made.returncode, 0)
        self.assertIn('Sources/digitd/Digitd.swift is newer than what is built: first "make static" as alice', made.stderr)
        self.stamp.unlink()
        self.assertIn('Nothing is built: first "make static" as alice', self.make("install").stderr)
        self.assertFalse(self.out.exists())

    def test_documents_may_be_newer(self):
        os.utime(self.tree / "Sources/README.md", (self.stamp.stat().st_mtime + 10,) * 2)
        self.install()

    def test_settings_stay(self):
        self.install()
        settings = self.out / "etc/default/digitd"
        settings.write_text("DIGITD_DEVICE=mine\n")
        self.install()
        self.assertEqual(settings.read_text(), "DIGITD_DEVICE=mine\n")

    def test_each_model_keeps_the_one_before(self):
        self.install()
        share = self.out / "usr/share/digitd"
        self.install()
        self.assertEqual(list(share.glob("*.previous.*")), [])
        for name in ["digits", "digits-ar"]:
            (self.tree / "Models" / f"{name}.safetensors").write_text(f"second {name}")
        self.install()
        for name in ["digits", "digits-ar"]:
            self.assertEqual((share / f"{name}.safetensors").read_text(), f"second {name}")
            self.assertEqual((share / f"{name}.previous.safetensors").read_text(), "first")

    def test_links_in_the_installed_documents_lead_to_files(self):
        self.install()
        links = 0
        for document in (self.out / "usr/share/doc/digitd").glob("*.md"):
            for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
                if "://" not in link:
                    links += 1
                    self.assertTrue((document.parent / link).exists(), f"{document.name}: {link}")
        self.assertGreater(links, 10)

    def test_uninstalling_leaves_settings_alone(self):
        self.install()
        made = self.make("uninstall")
        self.assertEqual(made.returncode, 0, made.stderr)
        files = {str(path.relative_to(self.out)) for path in self.out.rglob("*") if path.is_file()}
        self.assertEqual(files, {f"etc/default/{name}" for name in ["digitd", "digitd-mqtt", "digitd-serve"]})


if __name__ == "__main__":
    unittest.main()
