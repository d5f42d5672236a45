// Divides a recording that is longer than the server's limit into parts of that length.

import { longestPart } from "./limits.js";

// Seconds. No digit is this short, so a remainder of this length does not need a part of its own.
const remnant = 0.2;

// The parts of a recording, in order; a short recording is a single part.
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

// Buttons for several parts; the callback gets the one that was clicked.
export function buttons(parts, chosen) {
  return parts.map((part) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${minutes(part.from)}–${minutes(part.to)}`;
    button.onclick = () => chosen(part);
    return button;
  });
}
