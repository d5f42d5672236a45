// The browser's own microphone is closed whatever happens.
//
//     page_microphone_check.mjs FOLDER    (Sources/Web/Page)

import assert from "node:assert";
import { run } from "./page_stub.mjs";

let stopped = 0, closed = 0, scriptIsThere = true;
Object.defineProperty(globalThis, "navigator", {
  value: { mediaDevices: { getUserMedia: async () => ({ getTracks: () => [{ stop() { stopped++; } }] }) } },
});
Object.assign(globalThis, {
  isSecureContext: true,
  AudioContext: class {
    sampleRate = 48000;
    audioWorklet = { addModule: async () => { if (!scriptIsThere) throw new Error("no recorder.js"); } };
    createMediaStreamSource() { return { connect() {} }; }
    createAnalyser() { return { frequencyBinCount: 1024, getFloatFrequencyData() {} }; }
    close() { closed++; }
  },
  AudioWorkletNode: class { port = {}; },
  ImageData: class { constructor(width, height) { this.data = new Uint8ClampedArray(4 * width * height); } },
  requestAnimationFrame: () => {},
  cancelAnimationFrame: () => {},
});

await run(async (script) => {
  const { Microphone } = await script("microphone.js");
  const open = () => Microphone.open(document.getElementById("wave"), document.getElementById("mel"), () => {});

  const microphone = await open();
  assert.deepEqual([stopped, closed], [0, 0]);
  assert.deepEqual(microphone.close(), { samples: new Float32Array(0), rate: 48000 });
  assert.deepEqual([stopped, closed], [1, 1]);

  // The server is gone when the script is asked for.
  scriptIsThere = false;
  await assert.rejects(open, { message: "The microphone cannot be used: no recorder.js" });
  assert.deepEqual([stopped, closed], [2, 2]);
});
