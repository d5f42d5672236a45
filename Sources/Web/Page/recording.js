// A recording: shown, cut between two handles, played, and recognised as they move.

import { $, Answer, remember, surface, colour, percent, reasonWords, clock } from "./show.js";
import { decode, at8kHz, wav, ask, classify } from "./sound.js";
import { melSpectrogram, picture } from "./spectrum.js";
import { Microphone } from "./microphone.js";
import { Words } from "./words.js";
import { Models } from "./models.js";
import { longestPart } from "./limits.js";
import { partsOf, buttons } from "./parts.js";
import * as gestures from "./gestures.js";

const shortest = 0.05;
const seconds = (value) => `${value.toFixed(2)} s`;

export class Recording {
  answer = new Answer("file");
  words = new Words((cut) => this.trim(cut.from, cut.to));
  models = new Models(() => { if (this.sound) this.ask(); });
  sound = null; // { samples, rate, name, coarse, parts, view, image }; coarse: at 8 kHz
  from = 0;
  to = 0;
  asking = null;
  askAgain = false;
  // The recording's line in the history, and whether it has an answer.
  row = null;
  isAnswered = false;
  // Resolves when all files received so far are open.
  opened = Promise.resolve();

  constructor() {
    gestures.picture($("picture"), this);
    gestures.bar($("window"), this);
    gestures.handle($("from"), this, {
      current: () => this.from, set: (time) => this.trim(Math.min(time, this.to - shortest), this.to) });
    gestures.handle($("to"), this, {
      current: () => this.to, set: (time) => this.trim(this.from, Math.max(time, this.from + shortest)) });
    new ResizeObserver(() => this.draw()).observe($("wave"));
  }

  get length() { return this.sound ? this.sound.samples.length / this.sound.rate : 0; }

  // What the picture shows: the whole recording, or one of its parts.
  get view() { return this.sound?.view ?? { from: 0, to: this.length }; }

  // The position of a time in the picture, and the width of a duration.
  across(duration) { return `${(100 * duration) / (this.view.to - this.view.from)}%`; }
  at(time) { return this.across(time - this.view.from); }

  showMessage(sentence) {
    $("message").hidden = !sentence;
    $("message").textContent = sentence ?? "";
  }

  // MARK: files

  // Opens files one after another, each with its line in the history; the last one stays. Files added meanwhile wait.
  open(files) {
    const list = [...files];
    this.opened = this.opened.then(async () => {
      await this.endRecording();
      for (const [index, file] of list.entries()) {
        this.empty();
        $("axis-name").textContent = `opening ${file.name}${list.length > 1 ? ` (${index + 1} of ${list.length})` : ""}`;
        await this.openOne(file);
      }
    });
    return this.opened;
  }

  async openOne(file) {
    if (file.size > 256 << 20) return this.fail(file.name, `${file.name} is larger than 256 MB.`);
    try {
      await this.take(await decode(file), file.name);
    } catch {
      await this.openWithoutPicture(file);
    }
  }

  // A format that the browser cannot read, but the server perhaps can.
  async openWithoutPicture(file) {
    this.empty();
    try {
      const result = await classify(file, this.models.query);
      this.show(result, file.name);
      const odd = (result.warnings ?? []).map((sentence) => ` Warning: ${sentence}.`).join("");
      this.showMessage(`Your browser cannot draw ${file.name}; this is what was recognised in it.${odd}`);
    } catch (error) {
      this.fail(file.name, `${file.name} cannot be read: ${error.message}`);
    }
  }

  async openExample(path) {
    const name = path.split("/").pop();
    try {
      const answer = await ask(path);
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      await this.open([new File([await answer.blob()], name)]);
    } catch (error) {
      this.opened = this.opened.then(async () => {
        await this.endRecording();
        this.empty();
        this.fail(name, `cannot load ${name}: ${error.message}`);
      });
      await this.opened;
    }
  }

  // Removes the previous recording, with its picture, digits and messages.
  empty() {
    this.stop();
    this.sound = null;
    [this.row, this.isAnswered] = [null, false];
    this.showMessage(null);
    this.showNothing();
    $("parts").replaceChildren();
    $("parts").hidden = true;
    $("stage").classList.add("empty");
    for (const id of ["play", "whole"]) $(id).disabled = true;
    for (const id of ["axis-from", "axis-name", "axis-to"]) $(id).textContent = "";
  }

  showNothing() {
    this.answer.show(null, null);
    this.words.clear();
    $("heard").style.width = 0;
    $("file-said").textContent = "";
  }

  async take(sound, name) {
    if (!sound.samples.length) throw new Error("no sound");
    const coarse = await at8kHz(sound);
    this.sound = { ...sound, name, coarse };
    const parts = this.sound.parts = partsOf(this.length);
    $("stage").classList.remove("empty");
    for (const id of ["play", "whole"]) $(id).disabled = false;
    $("parts").hidden = parts.length < 2;
    $("parts").replaceChildren(...(parts.length < 2 ? [] : buttons(parts, (part) => this.choose(part))));
    this.look(null);
    await this.trim(0, parts.length < 2 ? parts[0].to : this.length);
  }

  // Each part of a long recording has a line of its own.
  choose(part) {
    if (this.isAnswered) this.row = null;
    this.look(part);
    return this.trim(part.from, part.to);
  }

  // Shows a part of a long recording in the whole width; null shows all of it.
  look(part) {
    const { parts, coarse } = this.sound;
    const view = this.sound.view = part ?? { from: 0, to: this.length };
    this.sound.image = picture(melSpectrogram(coarse.subarray(Math.round(8000 * view.from), Math.max(1, Math.round(8000 * view.to)))));
    [...$("parts").children].forEach((button, at) => button.setAttribute("aria-pressed", parts[at] === part));
    this.draw();
  }

  // MARK: the selected part

  // Sets the part and has it recognised; resolves when that is done.
  trim(from, to) {
    const { view } = this;
    this.from = Math.max(view.from, Math.min(from, view.to - shortest));
    this.to = Math.min(view.to, Math.max(to, this.from + shortest));
    this.place();
    return this.ask();
  }

  whole() {
    if (!this.sound) return;
    if (this.sound.parts.length > 1) this.look(null);
    this.trim(0, this.length);
  }

  place() {
    const { view } = this;
    $("from").style.left = this.at(this.from);
    $("to").style.left = this.at(this.to);
    $("before").style.width = this.at(this.from);
    $("after").style.width = this.across(view.to - this.to);
    $("window").style.left = this.at(this.from);
    $("window").style.width = this.across(this.to - this.from);
    for (const [id, value] of [["from", this.from], ["to", this.to]]) {
      $(id).setAttribute("aria-valuemin", view.from.toFixed(2));
      $(id).setAttribute("aria-valuemax", view.to.toFixed(2));
      $(id).setAttribute("aria-valuenow", value.toFixed(2));
      $(id).setAttribute("aria-valuetext", seconds(value));
    }
    $("axis-from").textContent = seconds(this.from);
    $("axis-name").textContent = this.sound.name;
    $("axis-to").textContent = `${seconds(this.to)} of ${seconds(this.length)}`;
  }

  // One question at a time; when the handles have moved meanwhile, the latest place is asked about next.
  ask() {
    this.askAgain = true;
    return this.asking ??= this.askAll();
  }

  async askAll() {
    try {
      while (this.askAgain) {
        this.askAgain = false;
        await this.recognise();
      }
    } finally {
      this.asking = null;
    }
  }

  async recognise() {
    // The handles may move, or another sound may be opened, before the answer arrives.
    const sound = this.sound, cut = { from: this.from, to: this.to };
    if (!sound) return;
    const { samples, rate, name, parts } = sound;
    if (cut.to - cut.from > longestPart + 1e-6) {
      return this.fail(name, `At most ${longestPart} s can be recognised at once: ${parts.length > 1 ? "choose a part, or " : ""}move the handles closer together.`);
    }
    const first = Math.round(cut.from * rate), end = Math.min(Math.round(cut.to * rate), first + longestPart * rate);
    let result;
    try {
      result = await classify(wav(samples.subarray(first, end), rate), this.models.query);
    } catch (error) {
      if (this.sound === sound) this.fail(name, error.message);
      return;
    }
    if (this.sound !== sound) return;
    this.showMessage(null);
    this.mark(result.utterance, cut.from);
    this.words.show(result.words ?? [], cut, this.view, parts.some(({ from, to }) => from === cut.from && to === cut.to));
    this.show(result, name, cut);
  }

  // Marks the positions of the digits in the part.
  mark(utterance, origin) {
    const from = origin + (utterance?.start_s ?? 0), to = Math.min(this.view.to, origin + (utterance?.end_s ?? 0));
    $("heard").style.left = this.at(from);
    $("heard").style.width = this.across(Math.max(0, to - from));
  }

  // - cut: the part that was recognised, in seconds; none for a whole file.
  show(result, name, cut) {
    const reason = result.reason ?? null;
    // The ten probabilities are those of one word.
    const isNumber = (result.words?.length ?? 0) > 1;
    const guess = isNumber ? { ...result.guess, probabilities: undefined } : result.guess;
    $("file-word").lang = $("file-note").lang = $("file-said").lang = result.language ?? "";
    const hint = cut && isNumber ? "; click a digit above to see its bars" : "";
    this.answer.show(guess, reason, reason ? "" : `in ${Math.round(result.compute_ms)} ms${hint}`);
    $("file-said").textContent = reason
      ? `no digit: ${reasonWords(reason)}` : `\u2068${result.text}\u2069, ${percent(result.confidence)}`;
    this.note(name, result.guess, reason, cut ? `${seconds(cut.from)} to ${seconds(cut.to)}` : "");
    this.isAnswered = true;
  }

  // The previous result is no longer valid.
  fail(name, sentence) {
    if (!this.sound) $("axis-name").textContent = "";
    this.showNothing();
    this.showMessage(sentence);
    this.note(name, null, sentence);
    this.isAnswered = false;
  }

  // One line of history for a recording, however often its handles move.
  note(name, guess, reason, remark) {
    this.row?.remove();
    this.row = remember(new Date(), name, guess, reason, remark);
  }

  draw() {
    if (!this.sound) return;
    const wave = surface($("wave"));
    wave.context.clearRect(0, 0, wave.width, wave.height);
    wave.context.fillStyle = colour("main");
    const { view, sound: { image, rate } } = this;
    const samples = this.sound.samples.subarray(Math.round(view.from * rate), Math.round(view.to * rate));
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
    this.words.place();
  }

  // A quiet recording is drawn larger; it is sent unchanged.
  get gain() {
    this.sound.gain ??= 0.95 / Math.max(0.05, this.sound.samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0));
    return this.sound.gain;
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
    try {
      const microphone = await Microphone.open($("wave"), $("mel"), () => this.endRecording());
      await this.opened;
      this.empty();
      this.microphone = microphone;
      $("stage").classList.add("live");
      $("record").classList.add("on");
      $("record-words").textContent = "Stop";
    } catch (error) {
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
