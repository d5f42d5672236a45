// How a recording that is longer than what the server recognises at once is offered in parts of that length.

import { longestPart } from "./limits.js";

// Seconds. No digit is as short: what a recording of that length has over that is not worth a part of its own.
const remnant = 0.2;

// The parts of a recording, from one end to the other; a short recording is one.
export function partsOf(length) {
  const parts = [{ from: 0, to: Math.min(length, longestPart) }];
  for (let from = longestPart; from < length - remnant; from += longestPart) {
    parts.push({ from, to: Math.min(length, from + longestPart) });
  }
  return parts;
}

const minutes = (seconds) => {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

// A button for each of several parts, which says which one was clicked.
export function buttons(parts, chosen) {
  return parts.map((part) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${minutes(part.from)}–${minutes(part.to)}`;
    button.onclick = () => chosen(part);
    return button;
  });
}
