// What the daemon hears, over server-sent events: the last digit, the level, the last minute and its spectrogram, the
// history.

import { $, Answer, remember, rememberNumber, together, surface, colour } from "./show.js";
import { ask } from "./sound.js";
import { otherState, sentences } from "./states.js";
import { Waterfall } from "./waterfall.js";

const lowest = -80, shownMs = 60000, refusalMs = 5000, firstWaitMs = 1000, longestWaitMs = 30000;
const share = (level) => Math.max(0, Math.min(1, (level - lowest) / -lowest));
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Live {
  answer = new Answer("live");
  levels = [];
  marks = [];
  waterfall = new Waterfall();
  conditions = new Set();
  device = null;
  // The daemon's clock and this browser's: they may be two machines.
  clock = null;
  // Before the next try, when the server refuses.
  waitMs = firstWaitMs;

  constructor() {
    this.connect();
    $("pause").addEventListener("click", () => this.pause());
    const draw = () => {
      if (!document.hidden) this.draw();
      // The minute moves by some pixels a second: sixty pictures a second would only warm the machine.
      if (still.matches) setTimeout(draw, 500); else setTimeout(() => requestAnimationFrame(draw), 40);
    };
    draw();
  }

  connect() {
    const source = new EventSource("v1/events?events=" + [
      "transcript", "number", "not-detected", "voice-started", "voice-stopped", "level", "spectrum", "device", "condition", "overrun"].join(","));
    const on = (type, take) => source.addEventListener(type, ({ data }) => {
      const event = JSON.parse(data).data;
      if (event.time) this.clock = { said: Date.parse(event.time), heard: performance.now() };
      take(event);
    });
    source.onopen = () => { this.waitMs = firstWaitMs; };
    on("hello", (event) => { this.device = { state: event.state, name: event.device }; this.canPause = true; this.model(event); this.waterfall.connect(event.session); this.conditions = new Set(event.conditions); this.state(); });
    on("disconnected", (event) => this.gone(event.text));
    on("device", (event) => { this.device = event; this.state(); });
    on("condition", (event) => { this.conditions[event.on ? "add" : "delete"](event.condition); this.state(); });
    on("transcript", (event) => this.heard(event, event, null));
    on("not-detected", (event) => this.heard(event, event.best_guess, event.reason));
    // A single digit is shown already.
    on("number", (event) => { if (event.words.length > 1) rememberNumber(new Date(event.time), event); });
    on("level", (event) => this.level(event));
    // An older daemon sends none.
    on("spectrum", (event) => { $("live-mel").hidden = false; this.waterfall.take(event); });
    source.onerror = () => {
      this.gone("digitctl serve does not answer");
      // The browser makes a broken connection again, but gives up at an answer such as 502.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => this.connect(), this.waitMs);
      this.waitMs = Math.min(2 * this.waitMs, longestWaitMs);
    };
  }

  // Which model the daemon uses.
  model({ model, language }) {
    $("live-model").hidden = !model;
    $("live-model").textContent = `${model} (${language})`;
    for (const part of ["live-word", "live-note"]) $(part).lang = language ?? "";
    this.onModel?.(model);
  }

  // Closes the daemon's microphone, or opens it again. The state that follows shows the result.
  async pause() {
    $("pause").disabled = true;
    try {
      const answer = await ask(this.device?.state === "paused" ? "v1/resume" : "v1/pause", { method: "POST" });
      if (!answer.ok) {
        const { code, detail } = await answer.json();
        // It listens to a file.
        if (answer.status === 409 && code === "unavailable") $("pause").hidden = !(this.canPause = false);
        this.refused(detail);
      }
    } catch (error) {
      this.refused(error.message);
    }
    $("pause").disabled = false;
  }

  gone(sentence) {
    this.device = null;
    $("pause").hidden = true;
    this.noLevel();
    this.say("bad", `${sentence}; trying again`);
  }

  // Said for a while; what the daemon does has not changed.
  refused(sentence) {
    this.say("bad", sentence);
    setTimeout(() => this.state(), refusalMs);
  }

  say(kind, sentence) {
    $("state").className = `state ${kind}`;
    if ($("state-words").textContent !== sentence) $("state-words").textContent = sentence;
  }

  state() {
    if (!this.device) return;
    $("pause").hidden = !this.canPause;
    $("pause").textContent = this.device.state === "paused" ? "Listen again" : "Pause";
    const { state, name } = this.device;
    if (state !== "listening") this.noLevel();
    if (state === "listening" && this.conditions.has("silent")) return this.say("warn", "only silence comes from the microphone: is it muted?");
    if (state === "listening" && this.conditions.has("clipping")) return this.say("warn", "the sound is clipped: turn the microphone down");
    const wrong = {
      hum: "a hum is louder than all else", "cancelling-channels": "the channels cancel each other: only one is used",
      "dead-channel": "a channel of the microphone is silent" };
    const condition = Object.keys(wrong).find((name) => this.conditions.has(name));
    if (state === "listening" && condition) return this.say("warn", wrong[condition]);
    const sentence = (sentences[state] ?? otherState).replace("{state}", () => state).replace("{name}", () => name);
    this.say({ listening: "good", paused: "warn" }[state] ?? "bad", sentence);
  }

  now() { return this.clock ? this.clock.said + performance.now() - this.clock.heard : Date.now(); }

  heard(event, guess, reason) {
    const decided = Date.parse(event.time);
    const wait = event.decided_ms - event.end_ms;
    this.answer.show(guess, reason, reason ? "" : `${wait} ms after the word`);
    this.marks.push({ from: decided - (event.decided_ms - event.start_ms), to: decided - wait, text: reason ? "–" : `${event.digit}`, good: !reason });
    if (this.marks.length > 100) this.marks.shift();
    remember(new Date(decided), "live", guess, reason, `after ${wait} ms`);
  }

  level(event) {
    this.levels.push({ at: Date.parse(event.time), ...event });
    if (this.levels.length > 700) this.levels.splice(0, 50);
    const at = (value) => `${100 * share(value)}%`;
    $("meter").classList.toggle("speech", event.speech);
    $("meter-fill").style.width = at(event.rms_dbfs);
    $("meter-floor").style.left = at(event.noise_floor_dbfs);
    $("meter-threshold").style.left = at(event.threshold_dbfs);
    $("meter-words").textContent = event.rms_dbfs <= -200 ? "−∞ dBFS" : `${Math.round(event.rms_dbfs)} dBFS`.replace("-", "−");
    $("meter").setAttribute("aria-valuenow", Math.round(Math.max(lowest, event.rms_dbfs)));
  }

  // Nothing is heard: the meter does not keep what it showed.
  noLevel() {
    $("meter").classList.remove("speech");
    $("meter-fill").style.width = 0;
    $("meter-words").textContent = "–";
    $("meter").setAttribute("aria-valuenow", lowest);
  }

  draw() {
    const { context, width, height } = surface($("strip"));
    const now = this.now(), floor = height - 20;
    const x = (time) => width * (1 - (now - time) / shownMs);
    if (!$("live-mel").hidden) this.spectrogram(x, now);
    const y = (level) => floor * (1 - share(level));
    context.clearRect(0, 0, width, height);
    const bar = Math.max(1, (width * 100) / shownMs - 0.4);
    const [main, best, soft, warn] = ["main", "best", "soft", "warn"].map(colour);
    for (const level of this.levels) {
      if (now - level.at > shownMs + 200) continue;
      context.globalAlpha = level.speech ? 1 : 0.55;
      context.fillStyle = level.speech ? best : main;
      context.fillRect(x(level.at) - bar, y(level.rms_dbfs), bar, floor - y(level.rms_dbfs));
    }
    context.globalAlpha = 1;
    for (const [field, style] of [["noise_floor_dbfs", soft], ["threshold_dbfs", warn]]) {
      context.strokeStyle = style;
      context.lineWidth = 1.5;
      context.beginPath();
      let last = null;
      for (const level of this.levels) {
        if (last !== null && level.at - last < 1000) context.lineTo(x(level.at), y(level[field])); else context.moveTo(x(level.at), y(level[field]));
        last = level.at;
      }
      context.stroke();
    }
    context.font = "600 13px system-ui, sans-serif";
    context.textAlign = "center";
    const seen = this.marks.filter((mark) => now - mark.to <= shownMs);
    for (const mark of seen) {
      context.fillStyle = mark.good ? best : warn;
      context.fillRect(x(mark.from), floor + 1, Math.max(2, x(mark.to) - x(mark.from)), 3);
    }
    // Those of a number are written as one, or they would cover one another.
    const texts = together(seen.map((mark) => ({ ...mark, at: (x(mark.from) + x(mark.to)) / 2 })), (text) => context.measureText(text).width + 1);
    for (const { text, at, good } of texts) {
      context.fillStyle = good ? best : warn;
      context.fillText(text, at, height - 3);
    }
  }

  // Over the strip, on the same axis, with each word between two lines.
  spectrogram(x, now) {
    const { context, width, height } = surface($("live-mel"));
    context.clearRect(0, 0, width, height);
    this.waterfall.draw(context, x, height);
    for (const mark of this.marks) {
      if (now - mark.to > shownMs) continue;
      const [from, to] = [x(mark.from), x(mark.to)];
      context.fillStyle = "#fff";
      context.globalAlpha = 0.3;
      for (const side of [from, to]) context.fillRect(side - 0.5, 0, 1, height);
      context.globalAlpha = 1;
      context.fillStyle = colour(mark.good ? "best" : "warn");
      context.fillRect(from, height - 3, Math.max(2, to - from), 3);
    }
  }
}
