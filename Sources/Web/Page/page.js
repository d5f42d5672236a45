import { $, forget } from "./show.js";
import { Live } from "./live.js";
import { Recording } from "./recording.js";

const live = new Live();
const recording = new Recording();
live.onModel = (name) => recording.models.follow(name);
recording.models.load();

function otherTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* A browser that keeps nothing. */ }
  recording.draw();
}
try {
  const kept = localStorage.getItem("theme");
  if (kept) document.documentElement.dataset.theme = kept;
} catch { /* As above. */ }

const keys = {
  r: () => recording.record(), o: () => $("file").click(), p: () => recording.play(), w: () => recording.whole(),
  d: otherTheme,
};
$("theme").onclick = otherTheme;
$("record").onclick = keys.r;
$("open").onclick = keys.o;
$("play").onclick = keys.p;
$("whole").onclick = keys.w;
$("clear").onclick = forget;
for (const button of document.querySelectorAll("[data-example]")) {
  button.onclick = () => recording.openExample(button.dataset.example);
}
$("file").onchange = () => {
  recording.open($("file").files);
  $("file").value = "";
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const act = keys[event.key];
  if (act) { event.preventDefault(); act(); }
});

// Files can be dropped anywhere on the page.
const drags = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
addEventListener("dragenter", (event) => { if (drags(event)) { depth += 1; document.body.classList.add("dragging"); } });
addEventListener("dragleave", (event) => { if (drags(event) && --depth <= 0) { depth = 0; document.body.classList.remove("dragging"); } });
addEventListener("dragover", (event) => { if (drags(event)) event.preventDefault(); });
addEventListener("drop", (event) => {
  if (!drags(event)) return;
  event.preventDefault();
  depth = 0;
  document.body.classList.remove("dragging");
  recording.open(event.dataTransfer.files);
});
