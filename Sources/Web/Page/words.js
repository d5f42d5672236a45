// The recognised words of a recording, each as a button at its position that selects it.

import { $, percent } from "./show.js";

// Seconds before and after a word that are selected with it, because the recogniser needs to hear its beginning and
// end.
const margin = 0.15;
// Minimum distance in pixels between the centres of two buttons.
const apart = 28;

export class Words {
  // The words of the whole recording, or of one of its parts. They stay visible beside a cut, so that the user can go
  // from word to word.
  whole = [];
  shown = [];

  // - chosen: called with the cut of a word whose button was clicked.
  constructor(chosen) { this.chosen = chosen; }

  clear() {
    [this.whole, this.shown] = [[], []];
    $("words").replaceChildren();
    this.place();
  }

  // - words: those of the server's answer.
  // - cut: the recognised part, in seconds from the beginning of the recording.
  // - view: the part that the picture shows.
  show(words, cut, view, isWhole) {
    const here = words.map((word) => ({
      digit: word.digit, confidence: word.confidence, from: cut.from + word.start_ms / 1000, to: cut.from + word.end_ms / 1000,
    }));
    if (isWhole) this.whole = here;
    const beside = this.whole.filter((word) => word.to <= cut.from || word.from >= cut.to);
    this.shown = isWhole ? here : [...here, ...beside].sort((a, b) => a.from - b.from);
    // Highlights the selected words, unless all are selected.
    this.draw(view, isWhole || !beside.length ? [] : here);
  }

  // The cut for a word: includes some of the pause around it, but nothing of its neighbours.
  cut(word) {
    const at = this.shown.indexOf(word), before = this.shown[at - 1], after = this.shown[at + 1];
    return {
      from: Math.max(word.from - margin, before ? (before.to + word.from) / 2 : 0),
      to: Math.min(word.to + margin, after ? (word.to + after.from) / 2 : Infinity),
    };
  }

  // The cut for the word at a time; null if there is none.
  cutAt(time) {
    return this.shown.map((word) => this.cut(word)).find(({ from, to }) => time >= from && time <= to) ?? null;
  }

  draw(view, selected) {
    const focused = [...($("words").children ?? [])].indexOf(document.activeElement);
    const buttons = this.shown.map((word) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${word.digit ?? "?"}`;
      button.style.left = `${(100 * ((word.from + word.to) / 2 - view.from)) / (view.to - view.from)}%`;
      button.setAttribute("aria-pressed", selected.includes(word));
      const what = word.digit === null ? "an unsure word" : `${word.digit}, ${percent(word.confidence)}`;
      button.title = `${what}, ${word.from.toFixed(2)} s to ${word.to.toFixed(2)} s: select it`;
      button.onclick = () => this.chosen(this.cut(word));
      return button;
    });
    $("words").replaceChildren(...buttons);
    this.place();
    // Keeps the keyboard focus.
    if (focused >= 0) buttons[Math.min(focused, buttons.length - 1)]?.focus();
  }

  // Places each button above its word; if buttons would overlap, all are arranged in rows instead.
  place() {
    const box = $("words"), room = box.getBoundingClientRect().width;
    const places = [...(box.children ?? [])].map((button) => (room * Number.parseFloat(button.style.left)) / 100);
    box.classList.toggle("rows", places.some((place, at) => at > 0 && place - places[at - 1] < apart));
    // The picture and its handles are below the buttons.
    $("stage").style.setProperty("--lane", `${box.getBoundingClientRect().height}px`);
  }
}
