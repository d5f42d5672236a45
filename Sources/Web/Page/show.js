// Shared by both halves of the page: the digit, the bars, the history, and sharp canvases.

export const percent = (share) => `${Math.round(100 * share)}\u00a0%`;
export const $ = (id) => document.getElementById(id);

const reasons = {
  "too-short": "too short", "too-long": "too long", "too-quiet": "too quiet", "not-a-digit": "not a digit",
  unsure: "unsure",
};
export const reasonWords = (reason) => reasons[reason] ?? reason;

// The digit and the bars of one half: "live" or "file".
export class Answer {
  constructor(name) {
    this.digit = $(`${name}-digit`);
    this.word = $(`${name}-word`);
    this.note = $(`${name}-note`);
    this.bars = $(`${name}-bars`);
    this.rows = Array.from({ length: 10 }, (_, digit) => {
      const row = document.createElement("li");
      row.innerHTML = `<span>${digit}</span><span class="track"><span class="fill"></span></span><span class="share">–</span>`;
      row.querySelector(".fill").style.display = "block";
      this.bars.append(row);
      return { row, fill: row.querySelector(".fill"), share: row.lastChild };
    });
  }

  // guess: { digit, text, confidence, probabilities } or null; reason: why it was rejected, or null.
  show(guess, reason, note = "") {
    this.digit.textContent = reason || !guess ? "–" : `${guess.digit}`;
    // Several digits are written smaller, to fit the same space.
    this.digit.style.setProperty("--count", this.digit.textContent.length);
    this.digit.className = `digit ${reason ? "none refused" : guess ? "said" : "none"}`;
    this.bars.classList.toggle("refused", !!reason);
    this.word.textContent = reason
      ? reasonWords(reason) : guess ? `${spelt(guess)}, ${percent(guess.confidence)}` : "\u00a0";
    this.note.textContent = note || (reason && guess ? `best guess ${word(guess)}` : "\u00a0");
    this.rows.forEach(({ row, fill, share }, digit) => {
      const value = guess?.probabilities?.[digit];
      row.className = guess && digit === guess.digit ? "best" : "";
      fill.style.width = `${100 * (value ?? 0)}%`;
      share.textContent = value === undefined ? "–" : percent(value);
    });
  }
}

// In bidirectional isolates: a word may be written from right to left.
const word = (guess) => `\u2068${guess.text ?? guess.digit}\u2069`;

// The words of longer numbers would fill the page.
const mostSpelt = 6;
const spelt = (guess) => (`${guess.digit}`.length > mostSpelt ? `${`${guess.digit}`.length} digits` : word(guess));

export const clock = (time) => time.toLocaleTimeString([], { hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" });

const kept = 200;

// A line of the history, the newest first. `guess` and `reason` as above.
export function remember(time, from, guess, reason, remark = "") {
  const table = $("history");
  table.querySelector(".none")?.remove();
  const row = table.insertRow(0);
  if (reason) row.className = "refused";
  const cells = [
    clock(time), from, reason ? "–" : `${guess.digit}`,
    guess ? percent(guess.confidence) : "", [reason && reasonWords(reason), reason && guess && `best guess ${word(guess)}`, remark].filter(Boolean).join(", "),
  ];
  for (const text of cells) row.insertCell().textContent = text;
  while (table.rows.length > kept) table.deleteRow(-1);
  return row;
}

// Several digits in a row.
export function rememberNumber(time, number) {
  const digits = number.words.map((word) => word.digit ?? "?").join("");
  remember(time, "live", { digit: digits, confidence: number.confidence }, null, "as one number");
}

export function forget() {
  $("history").replaceChildren();
  const cell = $("history").insertRow().insertCell();
  cell.parentNode.className = "none";
  cell.colSpan = 5;
  cell.textContent = "Nothing yet.";
}

// Joins texts that would touch into one, centred between them.
// - texts: { text, at, good }, from left to right.
export function together(texts, widthOf) {
  const groups = [];
  for (const { text, at, good } of texts) {
    let next = { text, at, good, from: at, to: at };
    // The joined text is wider and may touch the one before.
    for (let last; (last = groups.at(-1)) && last.good === good && next.at - last.at < (widthOf(last.text) + widthOf(next.text)) / 2; groups.pop()) {
      next = { text: last.text + next.text, at: (last.from + next.to) / 2, good, from: last.from, to: next.to };
    }
    groups.push(next);
  }
  return groups;
}

// A canvas in CSS pixels, at the screen's resolution.
export function surface(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return { context, width, height };
}

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
