// A recording: shown, trimmed between two handles, played, and recognised as the handles move.

import { $, Answer, remember, surface, colour, percent, reasonWords, clock } from "./show.js";
import { decode, at8kHz, wav, classify } from "./sound.js";
import { melSpectrogram, picture } from "./spectrum.js";
import { Microphone } from "./microphone.js";

const shortest = 0.05, longestPart = 60;
const seconds = (value) => `${value.toFixed(2)} s`;

export class Recording {
  answer = new Answer("file");
  sound = null; // { samples, rate, name, image }
  from = 0;
  to = 0;
  asking = false;
  askAgain = false;
  row = null;
  isTooLong = false;

  constructor() {
    this.handle($("from"), (time) => this.trim(Math.min(time, this.to - shortest), this.to), () => this.from);
    this.handle($("to"), (time) => this.trim(this.from, Math.max(time, this.from + shortest)), () => this.to);
    this.slide($("window"));
    new ResizeObserver(() => this.draw()).observe($("stage"));
  }

  get length() { return this.sound ? this.sound.samples.length / this.sound.rate : 0; }

  showMessage(sentence) {
    $("message").hidden = !sentence;
    $("message").textContent = sentence ?? "";
  }

  async open(file) {
    this.showMessage(null);
    if (file.size > 256 << 20) return this.showMessage(`${file.name} is larger than 256 MB.`);
    try {
      await this.take(await decode(file), file.name);
    } catch {
      await this.openWithoutPicture(file);
    }
  }

  // A format that the browser cannot read, but the server perhaps can.
  async openWithoutPicture(file) {
    try {
      const result = await classify(file);
      this.empty();
      this.show(result, file.name);
      const odd = (result.warnings ?? []).map((sentence) => ` Warning: ${sentence}.`).join("");
      this.showMessage(`Your browser cannot draw ${file.name}; this is what was recognised in it.${odd}`);
    } catch (error) {
      this.showMessage(`${file.name} cannot be read: ${error.message}`);
    }
  }

  empty() {
    this.stop();
    this.sound = null;
    $("stage").classList.add("empty");
    for (const id of ["play", "whole"]) $(id).disabled = true;
    for (const id of ["axis-from", "axis-name", "axis-to"]) $(id).textContent = "";
  }

  async take(sound, name) {
    if (!sound.samples.length) throw new Error("no sound");
    this.stop();
    const low = await at8kHz(sound);
    this.sound = { ...sound, name, image: picture(melSpectrogram(low)) };
    this.row = null;
    $("stage").classList.remove("empty", "live");
    for (const id of ["play", "whole"]) $(id).disabled = false;
    this.draw();
    this.trim(0, this.length);
  }

  // Sets the part and has it recognised.
  trim(from, to) {
    this.from = Math.max(0, Math.min(from, this.length - shortest));
    this.to = Math.min(this.length, Math.max(to, this.from + shortest));
    this.place();
    this.ask();
  }

  whole() { if (this.sound) this.trim(0, this.length); }

  place() {
    const at = (time) => `${(100 * time) / this.length}%`;
    $("from").style.left = at(this.from);
    $("to").style.left = at(this.to);
    $("before").style.width = at(this.from);
    $("after").style.width = at(this.length - this.to);
    $("window").style.left = at(this.from);
    $("window").style.width = at(this.to - this.from);
    for (const [id, value] of [["from", this.from], ["to", this.to]]) {
      $(id).setAttribute("aria-valuemin", 0);
      $(id).setAttribute("aria-valuemax", this.length.toFixed(2));
      $(id).setAttribute("aria-valuenow", value.toFixed(2));
      $(id).setAttribute("aria-valuetext", seconds(value));
    }
    $("axis-from").textContent = seconds(this.from);
    $("axis-name").textContent = this.sound.name;
    $("axis-to").textContent = `${seconds(this.to)} of ${seconds(this.length)}`;
  }

  // One question at a time; when the handles have moved meanwhile, the latest place is asked about next.
  async ask() {
    if (this.asking) { this.askAgain = true; return; }
    this.asking = true;
    do {
      this.askAgain = false;
      const sound = this.sound;
      if (!sound) break;
      // The handles may move, and another sound may come, while this is asked.
      const { samples, rate, name } = sound, cut = { from: this.from, to: this.to };
      if (this.to - this.from > longestPart) {
        this.answer.show(null, null, "");
        this.isTooLong = true;
        this.showMessage("At most a minute can be recognised at once: move the handles closer together.");
        continue;
      }
      try {
        const result = await classify(wav(samples.subarray(Math.round(cut.from * rate), Math.round(cut.to * rate)), rate));
        if (this.sound !== sound) continue;
        if (this.isTooLong) this.showMessage(null);
        this.isTooLong = false;
        this.mark(result.utterance, cut.from);
        this.show(result, name, cut);
      } catch (error) {
        this.showMessage(error.message);
      }
    } while (this.askAgain);
    this.asking = false;
  }

  // Marks where the digits lie in the part.
  mark(utterance, origin) {
    const at = (time) => `${(100 * time) / this.length}%`;
    $("heard").style.left = at(origin + (utterance?.start_s ?? 0));
    $("heard").style.width = at(utterance ? utterance.end_s - utterance.start_s : 0);
  }

  // - cut: the part that was recognised, in seconds; none for a whole file.
  show(result, name, cut) {
    const reason = result.reason ?? null;
    this.answer.show(result.guess, reason, reason ? "" : `in ${result.compute_ms.toFixed(1)} ms`);
    $("file-said").textContent = reason
      ? `no digit: ${reasonWords(reason)}` : `\u2068${result.text}\u2069, ${percent(result.confidence)}`;
    // One line of history for a recording, however often its handles move.
    this.row?.remove();
    this.row = remember(new Date(), name, result.guess, reason, cut ? `${seconds(cut.from)} to ${seconds(cut.to)}` : "");
  }

  draw() {
    if (!this.sound) return;
    const wave = surface($("wave"));
    wave.context.clearRect(0, 0, wave.width, wave.height);
    wave.context.fillStyle = colour("main");
    const { samples, image } = this.sound;
    const columns = Math.max(1, Math.floor(wave.width));
    for (let x = 0; x < columns; x++) {
      const [first, end] = [Math.floor((x * samples.length) / columns), Math.max(Math.floor(((x + 1) * samples.length) / columns), Math.floor((x * samples.length) / columns) + 1)];
      let low = 1, high = -1;
      for (let i = first; i < end && i < samples.length; i++) { low = Math.min(low, samples[i]); high = Math.max(high, samples[i]); }
      const top = (wave.height / 2) * (1 - Math.min(1, this.gain * high)), bottom = (wave.height / 2) * (1 - Math.max(-1, this.gain * low));
      wave.context.fillRect(x, top, 1, Math.max(1, bottom - top));
    }
    const mel = surface($("mel"));
    mel.context.imageSmoothingQuality = "high";
    mel.context.drawImage(image, 0, 0, mel.width, mel.height);
  }

  // A quiet recording is drawn larger; it is sent unchanged.
  get gain() {
    this.sound.gain ??= 0.95 / Math.max(0.05, this.sound.samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0));
    return this.sound.gain;
  }

  // MARK: handles

  timeAt(event) {
    const box = $("stage").getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * this.length;
  }

  handle(element, move, current) {
    element.addEventListener("pointerdown", (event) => {
      if (!this.sound) return;
      element.setPointerCapture(event.pointerId);
      element.focus();
      event.preventDefault();
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) move(this.timeAt(event));
    });
    element.addEventListener("keydown", (event) => {
      if (!this.sound) return;
      const step = event.shiftKey ? 0.1 : 0.01;
      const target = {
        ArrowLeft: current() - step, ArrowDown: current() - step, ArrowRight: current() + step, ArrowUp: current() + step,
        PageDown: current() - 0.1, PageUp: current() + 0.1, Home: 0, End: this.length,
      }[event.key];
      if (target === undefined) return;
      event.preventDefault();
      move(target);
    });
  }

  // The part as a whole is moved by dragging it.
  slide(element) {
    let grip = null;
    element.addEventListener("pointerdown", (event) => {
      if (!this.sound) return;
      element.setPointerCapture(event.pointerId);
      grip = this.timeAt(event) - this.from;
    });
    element.addEventListener("pointermove", (event) => {
      if (grip === null || !element.hasPointerCapture(event.pointerId)) return;
      const length = this.to - this.from;
      const from = Math.max(0, Math.min(this.length - length, this.timeAt(event) - grip));
      this.trim(from, from + length);
    });
    element.addEventListener("pointerup", () => { grip = null; });
  }

  // MARK: playing and recording

  play() {
    if (this.playing) return this.stop();
    if (!this.sound) return;
    const { samples, rate } = this.sound;
    const part = samples.subarray(Math.round(this.from * rate), Math.round(this.to * rate));
    const context = new AudioContext();
    const source = context.createBufferSource();
    source.buffer = new AudioBuffer({ length: part.length, sampleRate: rate, numberOfChannels: 1 });
    source.buffer.copyToChannel(part, 0);
    source.connect(context.destination);
    source.onended = () => this.stop();
    source.start();
    this.playing = context;
    $("play").textContent = "Stop";
  }

  stop() {
    this.playing?.close();
    this.playing = null;
    $("play").textContent = "Play";
  }

  async record() {
    if (this.microphone) return this.endRecording();
    if (this.opening) return;
    this.opening = true;
    this.showMessage(null);
    this.stop();
    $("stage").classList.add("live");
    try {
      this.microphone = await Microphone.open($("wave"), $("mel"), () => this.endRecording());
      $("record").classList.add("on");
      $("record-words").textContent = "Stop";
    } catch (error) {
      $("stage").classList.remove("live");
      this.draw();
      this.showMessage(error.message);
    }
    this.opening = false;
  }

  async endRecording() {
    if (!this.microphone) return;
    const sound = this.microphone.close();
    this.microphone = null;
    $("record").classList.remove("on");
    $("record-words").textContent = "Record";
    $("stage").classList.remove("live");
    try {
      await this.take(sound, `recorded ${clock(new Date())}`);
    } catch {
      this.showMessage("The microphone gave no sound.");
    }
  }
}
