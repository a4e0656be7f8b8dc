/*
 * A file is sent as soon as it is chosen, and the step is saved with it. One that could not be sent stays chosen: the
 * buttons of the form send it, and whoever leaves without them is warned. Without this script they always do.
 */
const TEXTS = {
  sending: (name) => `Envoi de « ${name} »…`,
  received: (names) => `Reçu : ${names.join(", ")}.`,
  unsent: "Fichier choisi, pas encore envoyé : enregistrez pour l’envoyer.",
  refused: (name, why) => `« ${name} » : ${why}`,
  listed: (title) => `« ${title} » est joint à la fiche.`,
  show: "Afficher les documents reçus",
};

const form = document.querySelector("input[name=seen]")?.form;
const inputs = form ? [...form.querySelectorAll("input[type=file][data-space-upload]")] : [];
let underWay = null;
let isSubmitted = false;

class FileInput {
  constructor(input) {
    this.input = input;
    this.status = document.createElement("p");
    this.status.className = "fr-hint-text";
    this.status.setAttribute("role", "status");
    input.after(this.status);
    input.addEventListener("change", () => input.files.length && this.chosen());
  }

  get isImage() {
    return this.input.dataset.kind === "image";
  }

  async chosen() {
    await underWay;
    underWay = this.send().finally(() => { underWay = null; });
  }

  async send() {
    const received = [];
    const refused = [];
    for (const file of this.input.files) {
      this.status.textContent = TEXTS.sending(file.name);
      const answer = await this.post(file);
      if (!answer) {
        // Nothing is sent twice: what was received is in the form, what was not stays chosen.
        const left = new DataTransfer();
        [...this.input.files].slice(received.length + refused.length).forEach((other) => left.items.add(other));
        this.input.files = left.files;
        this.tell([...this.words(received, refused), TEXTS.unsent]);
        return;
      }
      if (answer.error) refused.push(TEXTS.refused(file.name, answer.error));
      else {
        this.add(answer);
        received.push(answer.title);
      }
    }
    this.input.value = "";
    this.tell(this.words(received, refused));
  }

  words(received, refused) {
    return [...(received.length ? [TEXTS.received(received)] : []), ...refused];
  }

  tell(words) {
    this.status.textContent = words.join(" ");
  }

  /** Resolves to what the server says of the file; null when it could not be asked. */
  async post(file) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    body.append("kind", this.input.dataset.kind);
    body.append("file", file);
    try {
      const response = await fetch(this.input.dataset.spaceUpload, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" },
      });
      const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
      const answer = isJson ? await response.json() : {};
      return answer.file || answer.error ? answer : null;
    } catch (error) {
      if (error instanceof TypeError) return null; // no connection
      throw error;
    }
  }

  add(answer) {
    if (this.isImage) this.showImage(answer);
    else this.addDocument(answer);
  }

  showImage({ file, url }) {
    const hidden = form.elements.namedItem("image");
    hidden.value = file;
    const removal = form.elements.namedItem("image-remove");
    if (removal) removal.checked = false;
    let picture = document.querySelector("img.hub-space-thumbnail");
    if (!picture) {
      picture = Object.assign(document.createElement("img"), { className: "hub-space-thumbnail", alt: "Image actuelle de la fiche" });
      hidden.after(picture);
    }
    picture.src = url;
    hidden.dispatchEvent(new Event("input", { bubbles: true }));
  }

  addDocument({ file, title }) {
    const list = form.elements.namedItem("documents-sent");
    const key = `envoi${file.toString(36)}`.slice(-8);
    for (const [name, value] of [["document", file], ["title", ""]]) {
      list.parentElement.append(Object.assign(document.createElement("input"), { type: "hidden", name: `documents-${key}-${name}`, value }));
    }
    // The list says what it has: the file is in it, until the page shows its title to be changed.
    list.parentElement.querySelector("[data-space-nothing]")?.remove();
    list.parentElement.append(Object.assign(document.createElement("p"), { className: "fr-text--sm", textContent: TEXTS.listed(title) }));
    list.dispatchEvent(new Event("input", { bubbles: true }));
    if (this.link) return;
    this.link = Object.assign(document.createElement("button"), { type: "button", className: "fr-btn fr-btn--sm fr-btn--tertiary", textContent: TEXTS.show });
    this.link.addEventListener("click", () => location.reload());
    this.status.after(this.link);
  }
}

if (inputs.length) {
  inputs.forEach((input) => new FileInput(input));
  // The form waits for the file: it would send it a second time.
  form.addEventListener("submit", async (event) => {
    if (!underWay) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await underWay;
    form.requestSubmit(event.submitter);
  }, { capture: true });
  form.addEventListener("submit", (event) => { isSubmitted = !event.defaultPrevented; });
  addEventListener("beforeunload", (event) => {
    if (!isSubmitted && inputs.some((input) => input.files.length)) event.preventDefault();
  });
}
