// The live half of the page: the daemon's state stays readable whatever becomes of a pause; texts do not cover one another.
//
//     page_live_check.mjs FOLDER    (Sources/Web/Page)

import assert from "node:assert";
import { elements, lines, question, refused, run, settled } from "./page_stub.mjs";

const streams = [], later = [];
Object.assign(globalThis, {
  EventSource: class {
    static CLOSED = 2;
    listeners = {};
    readyState = 1;
    constructor() { streams.push(this); }
    addEventListener(type, take) { this.listeners[type] = take; }
  },
  matchMedia: () => ({ matches: false }),
  requestAnimationFrame: () => {},
  // Not the next picture.
  setTimeout: (act, ms) => { if (ms >= 1000) later.push(Object.assign(act, { ms })); },
});

await run(async (script) => {
  const { Live } = await script("live.js");
  const { together } = await script("show.js");
  const live = new Live();
  let followed;
  live.onModel = (model) => { followed = model; };
  const say = (type, event) => streams.at(-1).listeners[type]({ data: JSON.stringify({ data: event }) });
  const state = () => elements["state-words"].textContent;
  const click = () => elements.pause.listeners.click();

  say("hello", { state: "listening", device: "a microphone", session: "a", conditions: [], model: "digits-ar", language: "ar" });
  assert.equal(state(), "listening to a microphone");
  assert.deepEqual(
    [elements["live-model"].hidden, elements["live-model"].textContent, elements["live-word"].lang, followed],
    [false, "digits-ar (ar)", "ar", "digits-ar"]);
  assert.deepEqual([elements.pause.hidden, elements.pause.textContent], [false, "Pause"]);

  // A pause that is refused is said so for a while, and no longer.
  click();
  const pause = await question();
  assert.equal(pause.path, "v1/pause");
  assert.equal(elements.pause.disabled, true);
  pause.answer(refused("the daemon is busy"));
  await settled();
  assert.equal(state(), "the daemon is busy");
  assert.equal(elements.pause.disabled, false);
  assert.equal(later.length, 1);
  later.pop()();
  assert.equal(state(), "listening to a microphone");

  say("level", { time: "2026-01-01T10:00:00.000Z", rms_dbfs: -40, noise_floor_dbfs: -70, threshold_dbfs: -60, speech: false });
  assert.deepEqual([elements["meter-words"].textContent, elements["meter-fill"].style.width], ["−40 dBFS", "50%"]);

  // One that works is told by the daemon, and the button offers the way back.
  click();
  (await question()).answer({ ok: true });
  say("device", { state: "paused", name: "a microphone" });
  await settled();
  assert.deepEqual([state(), elements.pause.textContent], ["paused: a microphone", "Listen again"]);
  assert.deepEqual([elements["meter-words"].textContent, elements["meter-fill"].style.width], ["–", 0]);
  click();
  const resume = await question();
  assert.equal(resume.path, "v1/resume");
  resume.answer({ ok: true });
  say("device", { state: "listening", name: "a microphone" });
  await settled();
  assert.deepEqual([state(), elements.pause.textContent], ["listening to a microphone", "Pause"]);

  // When the daemon is gone, so is the button; a refusal that is over changes nothing.
  click();
  (await question()).answer(refused("the daemon does not answer"));
  await settled();
  say("disconnected", { text: "no daemon" });
  later.pop()();
  assert.deepEqual([state(), elements.pause.hidden], ["no daemon; trying again", true]);

  // The server is gone: no refusal brings back what it said last.
  say("hello", { state: "listening", device: "a microphone", session: "a", conditions: [] });
  click();
  (await question()).fail(new TypeError("Failed to fetch"));
  await settled();
  assert.equal(state(), "digitctl serve does not answer");
  streams[0].onerror();
  later.pop()();
  assert.deepEqual([state(), elements.pause.hidden], ["digitctl serve does not answer; trying again", true]);

  // The browser tries again by itself after a broken connection. A refusal, as of a proxy, ends its trying: then the page
  // tries, more and more seldom until there is an answer.
  assert.deepEqual([streams.length, later.length], [1, 0]);
  for (const ms of [1000, 2000, 4000, 8000, 16000, 30000, 30000]) {
    const refusedStream = streams.at(-1);
    refusedStream.readyState = 2;
    refusedStream.onerror();
    assert.equal(state(), "digitctl serve does not answer; trying again");
    assert.deepEqual(later.map((act) => act.ms), [ms]);
    later.pop()();
    assert.notEqual(streams.at(-1), refusedStream);
  }
  assert.equal(streams.length, 8);
  streams.at(-1).onopen();
  Object.assign(streams.at(-1), { readyState: 2 }).onerror();
  assert.equal(later.at(-1).ms, 1000);
  later.pop()();

  say("hello", { state: "listening", device: "a file", session: "b", conditions: [] });
  // Somebody else resumes meanwhile: the button stays.
  click();
  (await question()).answer({ ...refused("a request to resume came first", "overtaken"), status: 409 });
  await settled();
  assert.deepEqual([state(), elements.pause.hidden], ["a request to resume came first", false]);
  later.pop()();

  // A file cannot be paused: the button goes, until another daemon is there.
  click();
  (await question()).answer({ ...refused("the input is not a microphone", "unavailable"), status: 409 });
  await settled();
  assert.deepEqual([state(), elements.pause.hidden], ["the input is not a microphone", true]);
  later.pop()();
  assert.deepEqual([state(), elements.pause.hidden], ["listening to a file", true]);
  say("hello", { state: "listening", device: "a microphone", session: "c", conditions: [] });
  assert.equal(elements.pause.hidden, false);

  // A word and a number, each with its line.
  const time = "2026-01-01T10:00:00.000Z";
  const word = { time, digit: 7, text: "seven", confidence: 0.98, probabilities: Array(10).fill(0.1), start_ms: 100, end_ms: 500, decided_ms: 560 };
  say("transcript", word);
  assert.equal(elements["live-digit"].textContent, "7");
  say("number", { time, words: [{ digit: 7 }], confidence: 0.9 });
  say("number", { time, words: [{ digit: 7 }, { digit: null }, { digit: 1 }], confidence: 0.9 });
  say("not-detected", { ...word, reason: "unsure", best_guess: { digit: 7, text: "seven", confidence: 0.4 } });
  assert.equal(elements["live-word"].textContent, "unsure");
  assert.deepEqual(lines.map(([, , digits]) => digits), ["–", "7?1", "7"]);

  // Digits of a number are written as one text in their middle.
  const texts = [[10, "4", true], [16, "5", true], [22, "3", true], [60, "8", true], [65, "–", false]].map(([at, text, good]) => ({ at, text, good }));
  assert.deepEqual(together(texts, (text) => 8 * text.length).map(({ at, text }) => [at, text]), [[16, "453"], [60, "8"], [65, "–"]]);
  // The second and the third, once they are one, touch the first.
  const row = [[10, "1"], [18.1, "2"], [25.2, "3"]].map(([at, text]) => ({ at, text, good: true }));
  assert.deepEqual(together(row, (text) => 8 * text.length).map(({ at, text }) => [at, text]), [[17.6, "123"]]);
});
