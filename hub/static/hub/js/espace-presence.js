/*
 * Says every fifteen seconds that this page is open, and shows who else is on the sheet, whether somebody saved a newer
 * text, and, on a wide screen, the sheet as it will be published, beside the form.
 */
const EVERY = 15000; // milliseconds
const LATEST_CHANGE = 60000; // who wrote within the last minute is writing

const root = document.querySelector("[data-space-writing]");
const form = document.querySelector("input[name=seen]")?.form;

class Presence {
  constructor() {
    this.session = "";
    this.since = root.dataset.loadedAt;
    this.lastChange = 0;
    this.line = root.querySelector("[data-space-people]");
  }

  start() {
    form.addEventListener("input", () => { this.lastChange = Date.now(); });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.ping());
    addEventListener("pagehide", () => this.session && this.send({ leaving: "1" }, true));
    this.ping();
    setInterval(() => this.ping(), EVERY);
  }

  async ping() {
    if (document.visibilityState === "hidden" || !navigator.onLine) return;
    const response = await this.send({ writing: Date.now() - this.lastChange < LATEST_CHANGE ? "1" : "" });
    if (!response?.ok) return;
    const { session, others, newer } = await response.json();
    this.session = session;
    const words = [...others, ...(newer ? [newer] : [])].join(" ");
    // Rewriting the same words would have them read out again.
    if (this.line.textContent !== words) this.line.textContent = words;
  }

  async send(values, keepalive = false) {
    const body = new URLSearchParams({
      ...values,
      session: this.session,
      since: this.since,
      csrfmiddlewaretoken: form.elements.namedItem("csrfmiddlewaretoken").value,
    });
    const options = { method: "POST", body, keepalive, credentials: "same-origin", headers: { Accept: "application/json" } };
    try {
      return await fetch(root.dataset.presence, options);
    } catch (error) {
      if (error instanceof TypeError) return null; // no connection: the line that tells what is saved says so
      throw error;
    }
  }
}

/** The preview in a frame, made when it is first asked for, and read again after each saving. */
function previewBeside() {
  const button = root.querySelector("[data-space-beside]");
  if (!button) return;
  const panel = document.createElement("section");
  panel.className = "hub-space-preview hub-no-print";
  panel.setAttribute("aria-label", "Aperçu de la fiche");
  let frame = null;
  button.hidden = false;
  button.addEventListener("click", () => {
    const isShown = document.body.classList.toggle("hub-space-beside");
    button.setAttribute("aria-expanded", String(isShown));
    if (!isShown || frame) return;
    frame = document.createElement("iframe");
    frame.className = "hub-space-preview__frame";
    frame.title = "Aperçu de la fiche";
    frame.src = `${root.dataset.preview}?cadre=1`;
    panel.append(frame);
    document.body.append(panel);
  });
  document.addEventListener("space:saved", () => frame?.contentWindow.location.reload());
}

if (root && form) {
  new Presence().start();
  previewBeside();
}
