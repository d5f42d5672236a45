// The models that recordings can be recognised with: one is chosen, by itself the daemon's.

import { $ } from "./show.js";
import { ask } from "./sound.js";

export class Models {
  // Names, the server's usual one first.
  names = [];
  isChosen = false;
  daemons = null;

  // changed: another model is to be used from now on.
  constructor(changed) {
    this.changed = changed;
    $("model").addEventListener("change", () => { this.isChosen = true; this.changed(); });
  }

  // Asks the server which there are. Where it has only one, there is nothing to choose.
  async load() {
    const answer = await ask("v1/models").catch(() => null);
    if (!answer?.ok) return;
    const { models } = await answer.json();
    this.names = models.map(({ name }) => name);
    $("model").replaceChildren(...models.map(({ name, language }) => {
      const option = document.createElement("option");
      [option.value, option.textContent] = [name, `${name} (${language})`];
      return option;
    }));
    $("model-choice").hidden = models.length < 2;
    this.follow(this.daemons);
  }

  // The daemon's model is the choice until a person chooses. One that the server does not have is not.
  follow(name) {
    this.daemons = name;
    if (this.isChosen || !this.names.includes(name) || $("model").value === name) return;
    $("model").value = name;
    this.changed();
  }

  // For a question to the server.
  get query() { return this.names.length > 1 ? `?model=${encodeURIComponent($("model").value)}` : ""; }
}
