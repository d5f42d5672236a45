# Build, test and install digitd.
#
#   make run        listen to the microphone; without one, to a recording
#   make test       build, run all tests, check the style
#   make build      build what these run
#   make bench      measure how fast it is, alone and beside its rivals (RIVALS=--without-torch saves 3 GB)
#   make static     build for use elsewhere; then: sudo make install
#   make install    install that under PREFIX [/usr/local], below DESTDIR
#   make uninstall  remove what make install installed
#   make deb        make the Debian packages, digitd and digitd-lab, and look at them with lintian
#
#   make system-test  install digitd's package in a container and a virtual machine, inject every fault (TESTBED=SCRIPT makes one)
#   make home-assistant-test  try speech-to-text and the MQTT devices with Home Assistant itself (PYTHON=python3.13)
#   make soak         an hour of digits and faults in real time (MINUTES=60)
#   make fuzz         ten million cases for each parser: messages, models, settings, sound files (RUNS=10000000)
#   make sanitize     run the tests under the address sanitizer, then under the thread sanitizer (SANITIZERS=thread)
#
#   make format     bring the source into its style;  make lint  only checks it
#   make clean      delete what was built
#
# Each installs the Debian packages that it lacks. Swift 6.2 or later must be there: https://www.swift.org/install

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run test build bench install install-daemon install-lab uninstall deb system-test home-assistant-test soak fuzz sanitize format lint clean swift build-packages test-packages static built-before

PREFIX ?= /usr/local
DESTDIR ?=

BUILD_PACKAGES := pkg-config libasound2-dev libfftw3-dev libmosquitto-dev libopenblas-dev libsndfile1-dev libsoxr-dev zlib1g-dev
TEST_PACKAGES := binutils libasound2-plugins mosquitto openssl pulseaudio pulseaudio-utils python3-venv qemu-user sox systemd
DEB_PACKAGES := debhelper lintian systemd
NEED := Tests/Support/need-packages.sh

# One configuration for run and test: SwiftNIO is not built twice. What is installed is linked statically, in a folder of
# its own, because alternating between the two would rebuild everything each time.
SWIFT_BUILD := swift build -c release
STATIC_BUILD := swift build -c release --static-swift-stdlib --scratch-path .build-static
BIN = $(shell $(SWIFT_BUILD) --show-bin-path)
STATIC_BIN = $(shell $(STATIC_BUILD) --show-bin-path)
MINUTES ?= 60
RUNS ?= 10000000
SANITIZERS ?= address thread
SEED ?= 1
PYTHON ?= python3
RECORDING := Tests/Fixtures/digits.wav
SOURCES := Package.swift Sources Tests
UNITS := system/digitd.service system/digitd.socket system/digitd-wyoming.socket system/digitd-mqtt.service system/digitd-serve.service user/digitd.service user/digitd@.service user/digitd.socket
MODELS := digits digits-ar

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

run: build
	@bin=$(BIN)
	status=0
	echo "Listening. Say a digit; Ctrl-C ends it." >&2
	"$$bin/digitd" $(ARGS) || status=$$?
	if ((status == 69)); then
	  echo "No microphone can be used here; digitd reads the recording $(RECORDING) instead:" >&2
	  exec "$$bin/digitd" --input $(RECORDING) --realtime
	fi
	exit $$status

# The fixtures' own voices do the talking; what needs a sound server starts a private one. The test result is the
# last line of output. On x86-64 the network's kernels run on older processors first, emulated.
test: lint build-packages test-packages .venv-test/bin/python
	$(SWIFT_BUILD) --build-tests
	@bin=$(BIN)
	if [[ $$(uname -m) == x86_64 ]]; then
	  Tests/Support/check-kernels.sh "$$bin" "$$bin/digitdPackageTests.xctest"
	fi
	DIGITD_TEST_PYTHON="$$PWD/.venv-test/bin/python" swift test -c release --skip-build --no-parallel
	python3 -B -m unittest discover --start-directory Tests/Python

# Other people's programs for the tests: a client of the Wyoming protocol, a tool that tries the HTTP API by its
# description, and where there is a Chromium, what drives it. Without a network the tests that need them are skipped.
.venv-test/bin/python: | test-packages
	python3 -m venv .venv-test
	install() { .venv-test/bin/pip install --quiet --disable-pip-version-check "$$1" || echo "No $$1 can be had: its tests are skipped." >&2; }
	install wyoming==1.10.2
	install schemathesis==4.32.5
	if command -v chromium > /dev/null; then install playwright==1.65.2; else echo "No chromium: the page's test is skipped." >&2; fi

build: build-packages
	$(SWIFT_BUILD)

bench: build static test-packages
	@bin=$(BIN)
	"$$bin/digitlab" benchmark $(ARGS)
	Tests/Support/footprint.py "$(STATIC_BIN)/digitd"
	Tests/Support/rivals/run.sh "$$bin/digitlab" $(RIVALS)

lint: swift
	swift format lint --strict --parallel --recursive $(SOURCES)

format: swift
	swift format --in-place --parallel --recursive $(SOURCES)

# "begun" becomes "built", whose time tells which sources are in it.
static: build-packages
	mkdir -p .build-static && touch .build-static/begun
	$(STATIC_BUILD) --product digitd
	$(STATIC_BUILD) --product digitctl
	$(STATIC_BUILD) --product digitlab
	$(STATIC_BUILD) --product generate-manual
	mv .build-static/begun .build-static/built

# Refuses to install a build older than the sources.
built-before:
	@first="first \"make static\" as $(SUDO_USER), then \"sudo make install\""
	for program in digitd digitctl digitlab generate-manual; do
	  [[ -x ".build-static/release/$$program" && -e .build-static/built ]] || { echo "Nothing is built: $$first." >&2; exit 1; }
	done
	newer=$$(find Package.swift Sources -type f ! -name '*.md' -newer .build-static/built -print -quit)
	[[ -z "$$newer" ]] || { echo "$$newer is newer than what is built: $$first." >&2; exit 1; }

# With sudo, build first without it: nothing is built as root, so the folder contains no files of root's.
install: install-daemon install-lab

# The daemon and the command-line tool, without training code and OpenBLAS.
install-daemon: $(if $(SUDO_USER),built-before,static)
	built=.build-static/release
	bin="$(DESTDIR)$(PREFIX)/bin" share="$(DESTDIR)$(PREFIX)/share" lib="$(DESTDIR)$(PREFIX)/lib"
	install -d "$$bin" "$$share/digitd" "$$share/man/man1" "$$share/man/man8" "$$share/bash-completion/completions" \
	  "$$share/zsh/site-functions" "$$share/fish/vendor_completions.d" "$$lib/systemd/system" "$$lib/systemd/user" "$$lib/sysusers.d"
	install -s -m 755 "$$built/digitd" "$$built/digitctl" "$$bin/"
	# Keeps the installed models beside the new ones: --model previous.
	for name in $(MODELS); do
	  model="$$share/digitd/$$name.safetensors"
	  if [[ -e "$$model" ]] && ! cmp -s "$$model" "Models/$$name.safetensors"; then mv "$$model" "$$share/digitd/$$name.previous.safetensors"; fi
	  install -m 644 "Models/$$name.safetensors" "$$model"
	done
	install -m 644 Tests/Fixtures/digits.wav Tests/Fixtures/digits.txt Tests/Fixtures/digits.scores Tests/Fixtures/digits-ar.wav Tests/Fixtures/digits-ar.txt "$$share/digitd/"
	systemd/documents.sh "$$share/doc/digitd"
	systemd/man/make.sh "$$built/generate-manual" "$$built" "$(PREFIX)" "$$share/man" digitd.8 digitctl.1
	"$$bin/digitctl" --generate-completion-script bash | sed '1{/^#!/d}' > "$$share/bash-completion/completions/digitctl"
	"$$bin/digitctl" --generate-completion-script zsh > "$$share/zsh/site-functions/_digitctl"
	"$$bin/digitctl" --generate-completion-script fish > "$$share/fish/vendor_completions.d/digitctl.fish"
	# The units name the programs where they are.
	for unit in $(UNITS); do
	  sed 's|/usr/bin/digit|$(PREFIX)/bin/digit|g' "systemd/$${unit#system/}" > "$$lib/systemd/$$unit"
	  chmod 644 "$$lib/systemd/$$unit"
	done
	install -m 644 systemd/sysusers.conf "$$lib/sysusers.d/digitd.conf"
	install -m 644 systemd/digitd.dnssd systemd/container/Containerfile systemd/container/digitd.container "$$share/digitd/"
	# Settings that somebody has made stay.
	install -d "$(DESTDIR)/etc/default"
	for name in digitd digitd-mqtt digitd-serve; do
	  [[ -e "$(DESTDIR)/etc/default/$$name" ]] || install -m 644 "systemd/$$name.default" "$(DESTDIR)/etc/default/$$name"
	done
	# On a running system, not in a package: the socket's group, and the new units.
	if [[ -z "$(DESTDIR)" && -d /run/systemd/system ]]; then
	  systemd-sysusers "$$lib/sysusers.d/digitd.conf"
	  systemctl daemon-reload
	fi

# What trains and measures.
install-lab: $(if $(SUDO_USER),built-before,static)
	built=.build-static/release
	bin="$(DESTDIR)$(PREFIX)/bin" share="$(DESTDIR)$(PREFIX)/share"
	install -d "$$bin" "$$share/man/man1" "$$share/bash-completion/completions" "$$share/zsh/site-functions" \
	  "$$share/fish/vendor_completions.d"
	install -s -m 755 "$$built/digitlab" "$$bin/"
	install -d "$$share/digitd/languages"
	install -m 644 Models/languages/*.json "$$share/digitd/languages/"
	systemd/man/make.sh "$$built/generate-manual" "$$built" "$(PREFIX)" "$$share/man" digitlab.1
	"$$bin/digitlab" --generate-completion-script bash | sed '1{/^#!/d}' > "$$share/bash-completion/completions/digitlab"
	"$$bin/digitlab" --generate-completion-script zsh > "$$share/zsh/site-functions/_digitlab"
	"$$bin/digitlab" --generate-completion-script fish > "$$share/fish/vendor_completions.d/digitlab.fish"

uninstall:
	share="$(DESTDIR)$(PREFIX)/share" lib="$(DESTDIR)$(PREFIX)/lib"
	rm -f "$(DESTDIR)$(PREFIX)/bin"/{digitd,digitctl,digitlab}
	rm -rf "$$share/digitd" "$$share/doc/digitd"
	rm -f "$$share"/man/man8/digitd.8 "$$share"/man/man1/{digitctl,digitlab}.1 \
	  "$$share"/bash-completion/completions/{digitctl,digitlab} "$$share"/zsh/site-functions/_{digitctl,digitlab} \
	  "$$share"/fish/vendor_completions.d/{digitctl,digitlab}.fish "$$lib/sysusers.d/digitd.conf"
	for unit in $(UNITS); do rm -f "$$lib/systemd/$$unit"; done

deb: static
	@$(NEED) $(DEB_PACKAGES)
	packages=$$(systemd/deb/build.sh)
	lintian --fail-on error --tag-display-limit 0 $$packages
	echo "$$packages"

system-test: deb
	$(SWIFT_BUILD) --product digitd
	Tests/System/clean-install.sh "$$(echo .build-deb/digitd_*.deb)"
	Tests/System/container.sh "$$(echo .build-deb/digitd_*.deb)"
	Tests/System/run.sh "$$(echo .build-deb/digitd_*.deb)" "$(BIN)/digitd"

# The newest Home Assistant that this Python can have, with its own choice of versions: without it pip tries one after the
# other for more than ten minutes.
home-assistant-test: build test-packages
	python=.venv-homeassistant/bin/python
	if ! "$$python" -c 'import homeassistant.bootstrap' 2> /dev/null; then
	  $(PYTHON) -m venv .venv-homeassistant
	  "$$python" -m pip install --quiet --no-deps homeassistant
	  "$$python" -m pip install --quiet --prefer-binary homeassistant \
	    --constraint .venv-homeassistant/lib/python*/site-packages/homeassistant/package_constraints.txt
	fi
	DIGITD_TEST_BIN="$(BIN)" "$$python" -B -m unittest discover --start-directory Tests/Python --pattern test_home_assistant.py

soak: build test-packages
	@Tests/System/soak.py "$(BIN)/digitd" --minutes $(MINUTES) --seed $(SEED)

fuzz: build-packages
	SEED=$(SEED) Tests/Fuzz/run.sh $(RUNS)

sanitize: build-packages test-packages .venv-test/bin/python
	@for sanitizer in $(SANITIZERS); do Tests/Support/sanitize.sh "$$sanitizer"; done

clean:
	rm -rf .build .build-static .build-deb .build-fuzz .build-address .build-thread .venv-test .venv-homeassistant

swift:
	@command -v swift > /dev/null || { echo "Swift is missing: https://www.swift.org/install" >&2; exit 1; }

build-packages: swift
	@$(NEED) $(BUILD_PACKAGES)

test-packages:
	@$(NEED) $(TEST_PACKAGES)
