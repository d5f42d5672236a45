// The page's answer is that of the cut which was sent, wherever the handles are when it comes.
//
//     page_cut_check.mjs FOLDER    (Sources/Web/Page)
//
// Runs the page's own code on a document that is nothing but what it writes into it. Prints "done" at the end.

import assert from "node:assert";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Whatever is asked of an element is another; what is written to it stays.
const element = () => {
  const own = { style: {}, classList: { add() {}, remove() {}, toggle() {} }, rows: [] };
  const self = new Proxy(function () {}, {
    get: (_, name) => (name in own ? own[name] : name === Symbol.toPrimitive ? () => "" : (own[name] = element())),
    set: (_, name, value) => { own[name] = value; return true; },
    apply: () => element(),
  });
  return self;
};
const elements = {}, remarks = [];
const history = {
  querySelector: () => null, rows: [],
  insertRow: () => ({ remove() {}, insertCell: () => ({ set textContent(text) { remarks.push(text); } }) }),
};
globalThis.document = {
  getElementById: (id) => (id === "history" ? history : (elements[id] ??= element())),
  createElement: element, createTextNode: element, documentElement: element(),
};
globalThis.ResizeObserver = class { observe() {} };

// Each question waits for its answer.
const questions = [];
globalThis.fetch = (_, { body }) => new Promise((answer) => questions.push({ samples: (body.byteLength - 44) / 2, answer }));
const asked = async (count) => { while (questions.length < count) await new Promise(setImmediate); return questions[count - 1]; };
const said = (digit) => ({
  ok: true,
  json: async () => ({
    digit, digits: `${digit}`, text: "x", confidence: 0.9, probabilities: Array(10).fill(0.1), compute_ms: 1,
    utterance: { start_s: 0.1, end_s: 0.2 },
  }),
});
const settled = async () => { for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate); };

const folder = mkdtempSync(join(tmpdir(), "page-"));
try {
  cpSync(process.argv[2], folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  // The server makes this one.
  writeFileSync(join(folder, "mel.js"), "export const edges = [50, 1000, 4000];");
  const { Recording } = await import(pathToFileURL(join(folder, "recording.js")));
  const recording = new Recording();
  const sound = () => ({ samples: new Float32Array(32000), rate: 8000, name: "a file" });
  recording.sound = sound();

  // The handles move while the first cut is recognised.
  recording.trim(0.5, 1);
  const first = await asked(1);
  recording.trim(2, 3.5);
  first.answer(said(7));
  const second = await asked(2);
  assert.equal(first.samples, 4000);
  assert.equal(remarks.at(-1), "0.50 s to 1.00 s");
  assert.equal(elements.heard.style.left, "15%");
  second.answer(said(8));
  await settled();
  assert.equal(second.samples, 12000);
  assert.equal(remarks.at(-1), "2.00 s to 3.50 s");

  // Another sound comes meanwhile: the answer for the one before is shown nowhere.
  const before = remarks.length;
  recording.trim(0, 1);
  const third = await asked(3);
  recording.sound = sound();
  recording.trim(0, 4);
  third.answer(said(9));
  const fourth = await asked(4);
  assert.equal(remarks.length, before);
  fourth.answer(said(1));
  await settled();
  assert.equal(remarks.at(-1), "0.00 s to 4.00 s");
  console.log("done");
} finally {
  rmSync(folder, { recursive: true });
}
