// Mouse, touch and keyboard control of the selected part of a recording.

import { $ } from "./show.js";

// Movement in pixels that is not a drag; the distance in pixels and the time in ms between two taps of a double tap.
const tremble = 5, tapsApart = 24, tapsWithin = 400;

const timeAt = (recording, event) => {
  const box = $("stage").getBoundingClientRect();
  const { from, to } = recording.view;
  return from + ((event.clientX - box.left) / box.width) * (to - from);
};

// - begin: returns the value that is passed to the other two while the pointer is down.
function drag(element, recording, { begin, move, end }) {
  let grip = null;
  element.addEventListener("pointerdown", (event) => {
    if (!recording.sound || !event.isPrimary || event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    grip = begin(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (event.isPrimary && grip !== null && recording.sound) move(event, grip);
  });
  element.addEventListener("pointerup", (event) => {
    if (!event.isPrimary) return;
    if (grip !== null && recording.sound) end?.(event, grip);
    grip = null;
  });
  element.addEventListener("pointercancel", () => { grip = null; });
}

// A handle for one end of the part. It can be grabbed anywhere in its width and does not jump to the pointer.
export function handle(element, recording, { current, set }) {
  drag(element, recording, {
    begin: (event) => {
      element.focus();
      event.preventDefault();
      return timeAt(recording, event) - current();
    },
    move: (event, grip) => set(timeAt(recording, event) - grip),
  });
  element.addEventListener("keydown", (event) => {
    if (!recording.sound) return;
    const step = event.shiftKey ? 0.1 : 0.01;
    const target = {
      ArrowLeft: current() - step, ArrowDown: current() - step, ArrowRight: current() + step, ArrowUp: current() + step,
      PageDown: current() - 0.1, PageUp: current() + 0.1, Home: recording.view.from, End: recording.view.to,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    set(target);
  });
}

// The bar that moves the part as a whole.
export function bar(element, recording) {
  drag(element, recording, {
    begin: (event) => timeAt(recording, event) - recording.from,
    move: (event, grip) => {
      const length = recording.to - recording.from;
      const { view } = recording;
      const from = Math.max(view.from, Math.min(view.to - length, timeAt(recording, event) - grip));
      recording.trim(from, from + length);
    },
  });
}

// The picture: dragging selects a part; a double click or double tap selects the word there. Browsers disagree about
// "dblclick" for touch.
export function picture(element, recording) {
  let tap = null;
  drag(element, recording, {
    begin: (event) => ({ x: event.clientX, time: timeAt(recording, event), isDrag: false }),
    move: (event, grip) => {
      grip.isDrag ||= Math.abs(event.clientX - grip.x) > tremble;
      const time = timeAt(recording, event);
      if (grip.isDrag) recording.trim(Math.min(grip.time, time), Math.max(grip.time, time));
    },
    end: (event, grip) => {
      const isSecond = tap && event.timeStamp - tap.at < tapsWithin && Math.abs(event.clientX - tap.x) < tapsApart;
      tap = grip.isDrag || isSecond ? null : { at: event.timeStamp, x: event.clientX };
      const cut = isSecond && !grip.isDrag ? recording.words.cutAt(grip.time) : null;
      if (cut) recording.trim(cut.from, cut.to);
    },
  });
}
