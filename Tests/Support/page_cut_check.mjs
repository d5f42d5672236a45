// The page's answer is that of the cut which was sent, wherever the handles are when it comes; and cuts are selected by
// dragging, and by their words.
//
//     page_cut_check.mjs FOLDER    (Sources/Web/Page)

import assert from "node:assert";
import { elements, lines, question, refused, run, said, settled } from "./page_stub.mjs";

await run(async (script) => {
  const { Recording } = await script("recording.js");
  const recording = new Recording();
  const sound = () => ({ samples: new Float32Array(32000), rate: 8000, name: "a file", parts: [{ from: 0, to: 4 }] });
  recording.sound = sound();

  // The handles move while the first cut is recognised.
  recording.trim(0.5, 1);
  const first = await question();
  recording.trim(2, 3.5);
  first.answer(said("7"));
  const second = await question();
  assert.equal(first.samples, 4000);
  assert.equal(lines[0].at(-1), "0.50 s to 1.00 s");
  assert.equal(elements.heard.style.left, "15%");
  second.answer(said("8"));
  await settled();
  assert.equal(second.samples, 12000);
  assert.equal(lines[0].at(-1), "2.00 s to 3.50 s");
  assert.equal(lines.length, 1);

  // Another sound comes meanwhile: the answer for the one before is shown nowhere, and its failure neither.
  for (const late of [said("9"), refused("no sound")]) {
    recording.trim(0, 1);
    const third = await question();
    recording.sound = sound();
    recording.trim(0, 4);
    const before = lines[0];
    third.answer(late);
    const fourth = await question();
    assert.equal(lines[0], before);
    assert.notEqual(elements.message.textContent, "no sound");
    fourth.answer(said("47", [[4, 1000, 1500], [7, 1700, 2200]]));
    await settled();
    assert.equal(lines[0].at(-1), "0.00 s to 4.00 s");
  }

  // A word's button selects it with what is around it, up to the middle between two words.
  const words = () => elements.words.children.map((button) => [button.textContent, Number.parseFloat(button.style.left).toFixed(2)]);
  assert.deepEqual(words(), [["4", "31.25"], ["7", "48.75"]]);
  elements.words.children[0].onclick();
  assert.deepEqual([recording.from, recording.to].map((time) => time.toFixed(2)), ["0.85", "1.60"]);
  // The other word stays beside the cut; that of the cut is where it was heard this time.
  (await question()).answer(said("4", [[4, 170, 670]]));
  await settled();
  assert.deepEqual(words(), [["4", "31.75"], ["7", "48.75"]]);

  // Two taps on the picture select the word there; one does not, nor two where there is none.
  const picture = elements.picture.listeners;
  const pointer = (x, timeStamp) => ({ clientX: x, timeStamp, pointerId: 1, isPrimary: true, button: 0 });
  const tap = (x, time) => { picture.pointerdown(pointer(x, time)); picture.pointerup(pointer(x, time)); };
  tap(200, 1000);
  tap(200, 2000);
  tap(380, 5000);
  tap(380, 5100);
  assert.equal(recording.from.toFixed(2), "0.85");
  tap(200, 8000);
  tap(201, 8100);
  assert.deepEqual([recording.from, recording.to].map((time) => time.toFixed(2)), ["1.61", "2.35"]);
  (await question()).answer(said("7", [[7, 100, 600]]));
  await settled();

  // Dragging over it selects, in either direction.
  picture.pointerdown(pointer(300, 0));
  picture.pointermove(pointer(303, 10));
  assert.equal(recording.from.toFixed(2), "1.61");
  picture.pointermove(pointer(100, 20));
  picture.pointerup(pointer(100, 30));
  assert.deepEqual([recording.from, recording.to], [1, 3]);
  (await question()).answer(said("47"));
  await settled();

  // A handle that is taken beside its line does not jump; keys move it, too.
  elements.to.listeners.pointerdown({ ...pointer(310, 0), preventDefault() {} });
  elements.to.listeners.pointermove(pointer(320, 10));
  elements.to.listeners.pointerup(pointer(320, 10));
  assert.equal(recording.to.toFixed(2), "3.10");
  elements.from.listeners.keydown({ key: "ArrowRight", shiftKey: true, preventDefault() {} });
  assert.equal(recording.from.toFixed(2), "1.10");

  // When a question fails, what was recognised before is gone; the next answer takes the error away.
  (await question()).answer(said("47", [[4, 0, 100]]));
  (await question()).answer(refused("the server is shutting down"));
  await settled();
  assert.equal(elements.message.textContent, "the server is shutting down");
  assert.equal(elements["file-digit"].textContent, "–");
  assert.equal(elements["file-said"].textContent, "");
  assert.deepEqual(words(), []);
  recording.trim(0, 3);
  (await question()).fail(new TypeError("Failed to fetch"));
  await settled();
  assert.equal(elements.message.textContent, "digitctl serve does not answer");
  recording.trim(0, 4);
  (await question()).answer(said("47"));
  await settled();
  assert.equal(elements.message.hidden, true);
  assert.equal(elements["file-digit"].textContent, "47");
  assert.equal(elements["file-digit"].style["--count"], 2);

  // Many words are not spelt out, and their buttons stand in rows where they would cover one another.
  const isInRows = [];
  elements.words.classList.toggle = (name, isOn) => { if (name === "rows") isInRows.push(isOn); };
  for (const [digits, words, isTight] of [["47", [[4, 1000, 1500], [7, 1700, 2200]], false], ["4711471", [[4, 1000, 1100], [7, 1200, 1300]], true]]) {
    recording.trim(0, 4);
    (await question()).answer(said(digits, words));
    await settled();
    assert.equal(isInRows.at(-1), isTight);
  }
  assert.match(elements["file-word"].textContent, /^7 digits, 90/);
});
