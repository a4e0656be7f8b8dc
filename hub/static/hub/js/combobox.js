/*
 * Turns a text field into an editable combobox with list autocompletion (WAI-ARIA Authoring Practices).
 *
 * Markup: <div data-combobox data-suggestions-url="…" data-code="…" data-label="…"><input type="text" name="…" id="…"></div>
 * - alone, the chosen code (failing that, the text as typed, which the server resolves) goes in a hidden field that takes
 *   the name of the text field;
 * - with data-none="…", that text tells that nothing was found, when what is looked for is not a territory;
 * - with data-chosen-list="<id of a list>", each choice is added to that list as a ticked box, cloned from its
 *   <template>, and the text field keeps its name for what was typed and not chosen.
 * Emits "combobox:chosen" with {code, label}. For fields added later, emit "combobox:enhance" on an element around them.
 * See docs/territoires.md. No dependency; no inline style or handler, so that a strict CSP holds.
 */
(() => {
  "use strict";

  const DELAY = 150; // milliseconds without a keystroke before asking the server
  const MIN_LENGTH = 2; // the server finds nothing that starts with a single letter
  const TEXTS = {
    clear: "Effacer",
    list: "Suggestions",
    none: "Aucun territoire trouvé.",
    failed: "Les suggestions ne répondent pas : le texte saisi sera cherché à l’envoi.",
    count: (n) => (n === 1 ? "1 suggestion." : `${n} suggestions.`) + " Flèches haut et bas pour parcourir, Entrée pour choisir.",
    chosen: (label) => `${label} choisi.`,
    added: (label) => `${label} ajouté.`,
    cleared: "Champ vidé.",
  };

  function create(tag, properties, attributes = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  }

  class Combobox {
    constructor(root) {
      this.root = root;
      this.input = root.querySelector("input[type=text]");
      this.suggestions = [];
      this.active = -1;
      this.asked = null; // the request under way, to be aborted by the next one
      this.timer = 0;
      this.chosenList = document.getElementById(root.dataset.chosenList || "");
      this.build();
      this.listen();
      root.dataset.comboboxReady = "";
    }

    build() {
      const id = this.input.id;
      this.status = create("p", { className: "hub-combobox__status" }, { role: "status" });
      this.list = create("ul", { id: `${id}-suggestions`, className: "hub-combobox__list", hidden: true }, {
        role: "listbox",
        "aria-label": TEXTS.list,
      });
      this.clearButton = create("button", { type: "button", className: "hub-combobox__clear" }, {
        "aria-label": `${TEXTS.clear} : ${this.labelText()}`,
        title: TEXTS.clear,
      });
      this.input.after(this.clearButton, this.list, this.status);
      Object.entries({
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.list.id,
        autocomplete: "off",
        autocapitalize: "none",
        spellcheck: "false",
      }).forEach(([name, value]) => this.input.setAttribute(name, value));
      if (!this.chosenList) {
        this.hidden = create("input", { type: "hidden", name: this.input.name });
        this.input.removeAttribute("name");
        this.input.after(this.hidden);
        if (this.root.dataset.code) {
          this.input.value = this.root.dataset.label;
          this.hidden.value = this.root.dataset.code;
        } else {
          this.hidden.value = this.input.value;
        }
      }
      this.showClearButton();
    }

    labelText() {
      const label = this.input.labels[0];
      const own = label && [...label.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      return own ? own.data.trim() : "";
    }

    listen() {
      this.input.addEventListener("input", () => this.typed());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => this.close());
      this.clearButton.addEventListener("click", () => this.clear());
      // Keeps the focus, and so the list, while an option is pressed.
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose([...this.list.children].indexOf(option));
      });
    }

    typed() {
      if (this.hidden) this.hidden.value = this.input.value;
      this.showClearButton();
      clearTimeout(this.timer);
      this.abort();
      if (this.input.value.trim().length < MIN_LENGTH) {
        this.close();
        this.say("");
      } else {
        this.timer = setTimeout(() => this.ask(), DELAY);
      }
    }

    key(event) {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      const open = !this.list.hidden;
      switch (event.key) {
        case "ArrowDown":
        case "ArrowUp":
          event.preventDefault();
          if (event.altKey && event.key === "ArrowUp") this.close();
          else if (open) this.move(event.key === "ArrowDown" ? 1 : -1);
          else if (this.input.value.trim()) this.ask(event.altKey ? null : event.key);
          break;
        case "Enter":
          if (open && this.active >= 0) {
            event.preventDefault();
            this.choose(this.active);
          } else if (this.chosenList && this.input.value.trim()) {
            event.preventDefault(); // several are being chosen: Enter must not send the form half-way
            this.ask("ArrowDown");
          } else {
            this.close();
          }
          break;
        case "Escape":
          if (open) this.close();
          else if (this.input.value) this.clear();
          else return;
          event.preventDefault();
          event.stopPropagation(); // a dialog around the field stays open
          break;
        case "Home":
        case "End":
          this.activate(-1); // back to the text, where the key moves the caret
          break;
        default:
      }
    }

    async ask(key = null) {
      clearTimeout(this.timer);
      this.abort();
      this.asked = new AbortController();
      const url = new URL(this.root.dataset.suggestionsUrl, document.baseURI);
      url.searchParams.set("q", this.input.value);
      try {
        const response = await fetch(url, { signal: this.asked.signal, headers: { Accept: "application/json" } });
        if (!response.ok) throw new Error(`${response.status}`);
        this.show(await response.json());
        if (key) this.move(key === "ArrowDown" ? 1 : -1);
      } catch (error) {
        if (error.name === "AbortError") return;
        this.close();
        this.say(TEXTS.failed, true);
      }
    }

    abort() {
      if (this.asked) this.asked.abort();
      this.asked = null;
    }

    show(suggestions) {
      if (document.activeElement !== this.input) return;
      // Whoever already points at an option of the former list is about to press Enter on it.
      const pointedAt = this.suggestions[this.active]?.code; // undefined, which is nobody's code, for none
      this.suggestions = suggestions;
      this.list.replaceChildren(...suggestions.map((suggestion, index) => this.option(suggestion, index)));
      this.activate(suggestions.findIndex(({ code }) => code === pointedAt));
      this.expand(suggestions.length > 0);
      this.say(suggestions.length ? TEXTS.count(suggestions.length) : this.root.dataset.none || TEXTS.none, !suggestions.length);
    }

    option({ label, detail }, index) {
      const option = create("li", { id: `${this.list.id}-${index}`, className: "hub-combobox__option" }, {
        role: "option",
        "aria-selected": "false",
      });
      option.append(label);
      if (detail) option.append(" ", create("small", { className: "hub-combobox__detail", textContent: detail }));
      return option;
    }

    expand(isOpen) {
      this.list.hidden = !isOpen;
      this.input.setAttribute("aria-expanded", String(isOpen));
    }

    close() {
      clearTimeout(this.timer);
      this.abort();
      this.activate(-1);
      this.expand(false);
    }

    /** From the text (-1) down to the last option, and round again. */
    move(step) {
      const places = this.suggestions.length + 1;
      if (!this.list.hidden) this.activate(((this.active + 1 + step + places) % places) - 1);
    }

    activate(index) {
      this.active = index;
      [...this.list.children].forEach((option, position) => {
        option.setAttribute("aria-selected", String(position === index));
      });
      const option = this.list.children[index];
      if (option) {
        this.input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else {
        this.input.removeAttribute("aria-activedescendant");
      }
    }

    choose(index) {
      const { code, label } = this.suggestions[index];
      if (this.chosenList) {
        this.add(code, label);
        this.input.value = "";
      } else {
        this.input.value = label;
        this.hidden.value = code;
      }
      this.close();
      this.showClearButton();
      this.say((this.chosenList ? TEXTS.added : TEXTS.chosen)(label));
      this.root.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: { code, label } }));
    }

    add(code, label) {
      let box = [...this.chosenList.querySelectorAll("input")].find((input) => input.value === code);
      if (!box) {
        const item = this.chosenList.querySelector("template").content.cloneNode(true);
        box = item.querySelector("input");
        box.value = code;
        box.after(` ${label}`);
        this.chosenList.append(item);
      }
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }

    clear() {
      this.input.value = "";
      this.typed();
      this.say(TEXTS.cleared);
      this.input.focus();
    }

    showClearButton() {
      this.clearButton.hidden = !this.input.value;
    }

    /** A message is read out; only what the list does not show by itself is also displayed. */
    say(text, isShown = false) {
      this.status.textContent = text;
      this.status.classList.toggle("hub-combobox__status--shown", isShown);
    }
  }

  function enhance(scope) {
    scope.querySelectorAll("[data-combobox]:not([data-combobox-ready])").forEach((root) => new Combobox(root));
  }

  document.addEventListener("combobox:enhance", (event) => enhance(event.target));
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", () => enhance(document));
  } else {
    enhance(document);
  }
})();
