// Files on the page: nothing of one stays when the next comes, several are recognised in turn, a long one in parts.
//
//     page_files_check.mjs FOLDER    (Sources/Web/Page)

import assert from "node:assert";
import { elements, file, isAnythingAsked, lines, question, refused, run, said, settled } from "./page_stub.mjs";

await run(async (script) => {
  const { Recording } = await script("recording.js");
  const recording = new Recording();
  const shown = () => [elements["file-digit"].textContent, elements["file-said"].textContent, elements.words.children.length];

  // Several files, one of which is no sound: each has its line, and the last one is shown.
  let isDone = false;
  const all = recording.open([file("four.wav", 1), file("text.txt", 0), file("seven.wav", 2)]).then(() => { isDone = true; });
  const four = await question();
  assert.equal(four.samples, 8000);
  await settled();
  assert(!isAnythingAsked());
  four.answer(said("4", [[4, 100, 500]]));
  // The browser cannot read the second; the server is asked, and nothing of the first is seen any more.
  const text = await question();
  assert.deepEqual(shown(), ["–", "", 0]);
  assert.equal(recording.sound, null);
  text.answer(refused("it is not a sound file"));
  const seven = await question();
  assert.equal(elements.message.hidden, true);
  assert(!isDone);
  seven.answer(said("70", [[7, 100, 500], [0, 900, 1300]]));
  await all;
  assert.deepEqual(lines.map(([, name, digits]) => [name, digits]), [["seven.wav", "70"], ["text.txt", "–"], ["four.wav", "4"]]);
  assert.match(lines[1].at(-1), /text.txt cannot be read: it is not a sound file/);
  assert.deepEqual([shown()[0], shown()[2]], ["70", 2]);
  assert.match(shown()[1], /x.*, 90/);
  assert.equal(elements["axis-name"].textContent, "seven.wav");

  // A file that nobody can read takes the one before with it.
  const wrong = recording.open([file("text.txt", 0)]);
  (await question()).answer(refused("it is not a sound file"));
  await wrong;
  assert.deepEqual(shown(), ["–", "", 0]);
  assert.equal(elements.heard.style.width, 0);
  assert.equal(elements["axis-name"].textContent, "");
  assert.equal(elements.play.disabled, true);
  assert.equal(elements.message.textContent, "text.txt cannot be read: it is not a sound file");

  // Nor does one that is too large leave anything.
  await recording.open([{ ...file("large.wav", 1), size: 1 << 29 }]);
  assert(!isAnythingAsked());
  assert.equal(elements["axis-name"].textContent, "");
  assert.match(elements.message.textContent, /large.wav is larger/);

  // A long one is not sent as a whole; its parts are, when they are clicked, and each has a line.
  lines.length = 0;
  await recording.open([file("long.wav", 150)]);
  assert(!isAnythingAsked());
  assert.match(elements.message.textContent, /choose a part/);
  assert.equal(elements.parts.hidden, false);
  assert.deepEqual(elements.parts.children.map((button) => button.textContent), ["0:00–1:00", "1:00–2:00", "2:00–2:30"]);
  for (const [part, seconds] of [[2, 30], [0, 60]]) {
    elements.parts.children[part].onclick();
    const asked = await question();
    assert.equal(asked.samples, 8000 * seconds);
    asked.answer(said(`${part}`, [[part, 1000, 1500]]));
    await settled();
    assert.equal(elements.message.hidden, true);
  }
  assert.deepEqual(lines.map(([, , digits, , remark]) => [digits, remark]), [["0", "0.00 s to 60.00 s"], ["2", "120.00 s to 150.00 s"]]);

  // The part that was clicked fills the picture, where it is cut as a short recording is; all of it is shown again by its button.
  elements.parts.children[1].onclick();
  (await question()).answer(said("47", [[4, 30000, 31000], [7, 45000, 46000]]));
  await settled();
  assert.deepEqual([elements.from.style.left, elements.to.style.left, elements.before.style.width], ["0%", "100%", "0%"]);
  assert.deepEqual(elements.words.children.map((button) => Number.parseFloat(button.style.left).toFixed(1)), ["50.8", "75.8"]);
  const pointer = (x) => ({ clientX: x, timeStamp: 0, pointerId: 1, isPrimary: true, button: 0 });
  for (const [type, x] of [["down", 100], ["move", 200], ["up", 200]]) elements.picture.listeners[`pointer${type}`](pointer(x));
  assert.deepEqual([recording.from, recording.to], [75, 90]);
  const cut = await question();
  assert.equal(cut.samples, 8000 * 15);
  cut.answer(said("4", [[4, 15000 - 500, 15000]]));
  await settled();
  recording.whole();
  assert.deepEqual([recording.from, recording.to, elements.to.style.left], [0, 150, "100%"]);
  await settled();
  assert(!isAnythingAsked());
  assert.match(elements.message.textContent, /At most 60 s .* choose a part/);

  // A recording of a minute, and the block with which it ended, is one part.
  const minute = recording.open([file("minute.wav", 60.05)]);
  const asked = await question();
  assert.equal(asked.samples, 480000);
  asked.answer(said("1"));
  await minute;
  assert.equal(elements.parts.hidden, true);
  assert.deepEqual(elements.parts.children, []);

  // An example is had from the server, and opened as a file is.
  const example = recording.openExample("examples/seven.flac");
  const had = await question();
  assert.equal(had.path, "examples/seven.flac");
  had.answer({ ok: true, blob: async () => new Blob([new Float64Array([1])]) });
  (await question()).answer(said("7"));
  await example;
  assert.deepEqual(lines[0].slice(1, 3), ["seven.flac", "7"]);
  const missing = recording.openExample("examples/eight.flac");
  (await question()).answer({ ok: false, status: 404 });
  await missing;
  assert.equal(elements.message.textContent, "cannot load eight.flac: the server answered 404");
  assert.deepEqual(shown(), ["–", "", 0]);
  assert.equal(lines[0][1], "eight.flac");

  // Where the browser forbids the microphone, the page says what to do, and keeps what it shows.
  const last = recording.open([file("seven.wav", 1)]);
  (await question()).answer(said("7"));
  await last;
  Object.assign(globalThis, { isSecureContext: false, location: { port: "8400" } });
  await recording.record();
  assert.match(elements.message.textContent, /localhost or over TLS.*ssh -L 8400:localhost:8400.*http:\/\/localhost:8400\//);
  assert.equal(elements["file-digit"].textContent, "7");
});
