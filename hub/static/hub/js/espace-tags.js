/*
 * Suggests keywords of the site for the one being typed: the list of the field, which a browser compares with its whole
 * text, is filled with what was typed before, followed by each suggestion. Without it, the list keeps the most used ones.
 */
const DELAY = 200; // milliseconds without a keystroke before asking the server

const list = document.getElementById("mots-cles");
const field = document.querySelector("input[list=mots-cles]");

class Keywords {
  constructor() {
    this.timer = 0;
    this.asked = null; // the request under way, to be aborted by the next one
    field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.suggest(), DELAY);
    });
  }

  async suggest() {
    const comma = field.value.lastIndexOf(",");
    const before = comma < 0 ? "" : `${field.value.slice(0, comma + 1)} `;
    const typed = field.value.slice(comma + 1).trim();
    const chosen = before.split(",").map((name) => name.trim().toLocaleLowerCase("fr"));
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const url = `${list.dataset.suggestionsUrl}?${new URLSearchParams({ q: typed })}`;
      const response = await fetch(url, { signal: this.asked.signal, headers: { Accept: "application/json" } });
      if (!response.ok || response.redirected) return;
      const names = (await response.json()).map(({ label }) => label);
      const free = names.filter((name) => !chosen.includes(name.toLocaleLowerCase("fr")));
      list.replaceChildren(...free.map((name) => Object.assign(document.createElement("option"), { value: before + name })));
    } catch (error) {
      // A newer keystroke, or no network: the list stays as it was.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }
}

if (list && field) new Keywords();
