// The page's own code, on a document that is nothing but what it writes into it.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Whatever is asked of an element is another; what is written to it stays. It is 400 pixels wide.
const element = () => {
  const own = {
    style: { setProperty(name, value) { this[name] = value; } }, classList: { add() {}, remove() {}, toggle() {} }, rows: [], children: [], listeners: {},
    replaceChildren: (...children) => { own.children = children; },
    addEventListener: (type, take) => { own.listeners[type] = take; },
    getBoundingClientRect: () => ({ left: 0, width: 400, height: 100 }),
  };
  const self = new Proxy(function () {}, {
    get: (_, name) => (name in own ? own[name] : name === Symbol.toPrimitive ? () => "" : (own[name] = element())),
    set: (_, name, value) => { own[name] = value; return true; },
    apply: () => element(),
  });
  return self;
};
export const elements = {};
// The history's lines, each a list of its cells, the newest first.
export const lines = [];
elements.history = {
  querySelector: () => null, rows: lines,
  insertRow: () => {
    const line = [];
    lines.unshift(line);
    return Object.assign(line, {
      remove: () => lines.splice(lines.indexOf(line), 1),
      insertCell: () => ({ set textContent(text) { line.push(text); } }),
    });
  },
};
Object.assign(globalThis, {
  window: globalThis,
  document: {
    getElementById: (id) => (elements[id] ??= element()),
    createElement: element, createTextNode: element, documentElement: element(),
  },
  getComputedStyle: element,
  ResizeObserver: class { observe() {} },
  // A file of these checks is how many seconds it lasts; none can be decoded if that is 0.
  OfflineAudioContext: class {
    async decodeAudioData(bytes) {
      const [seconds] = new Float64Array(bytes);
      if (!seconds) throw new Error("cannot be decoded");
      return { length: 8000 * seconds, sampleRate: 8000, numberOfChannels: 1, getChannelData: () => new Float32Array(8000 * seconds) };
    }
  },
});
export const file = (name, seconds) => ({ name, size: 8, arrayBuffer: async () => new Float64Array([seconds]).buffer });

// Each question waits for its answer.
const questions = [];
globalThis.fetch = (path, { body } = {}) =>
  new Promise((answer, fail) => questions.push({ path, samples: (body?.byteLength - 44) / 2, answer, fail }));
// The next question that has not been looked at.
let looked = 0;
export const question = async () => {
  for (let turn = 0; questions.length <= looked; turn++) {
    if (turn > 1000) throw new Error("nothing was asked");
    await new Promise(setImmediate);
  }
  return questions[looked++];
};
export const isAnythingAsked = () => questions.length > looked;
// - words: the digit and the place, in ms, of each.
export const said = (digits, words = []) => ({
  ok: true,
  json: async () => ({
    digit: digits.length === 1 ? Number(digits) : null, digits, text: "x", confidence: 0.9, probabilities: Array(10).fill(0.1),
    compute_ms: 1, utterance: { start_s: 0.1, end_s: 0.2 },
    words: words.map(([digit, start_ms, end_ms]) => ({ digit, start_ms, end_ms, confidence: 0.9 })),
  }),
});
export const refused = (detail, code) => ({ ok: false, status: 415, json: async () => ({ detail, code }) });
export const settled = async () => { for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate); };

// Calls `check` with a function that imports a script of the page's folder, which is the first argument. Prints "done" at
// the end.
export async function run(check) {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  try {
    cpSync(process.argv[2], folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    // The server makes these.
    writeFileSync(join(folder, "limits.js"), "export const longestPart = 60;");
    writeFileSync(join(folder, "mel.js"), "export const edges = [50, 1000, 4000];");
    writeFileSync(
      join(folder, "states.js"),
      'export const sentences = { listening: "listening to {name}", paused: "paused: {name}" }, otherState = "{name} is {state}";');
    await check((name) => import(pathToFileURL(join(folder, name))));
    console.log("done");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
