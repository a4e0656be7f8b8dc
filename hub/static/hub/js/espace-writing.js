/*
 * A step of a sheet is saved while it is written, and nothing of it is lost: each change is kept on this device until
 * the server says it has it. The page gives what this needs in the element [data-space-writing]; without this script
 * the form works by its buttons.
 */
const QUIET_FOR = 2500; // milliseconds without a key before a saving
const AT_LEAST_EVERY = 15000; // however long one types
const RETRIES = [2000, 5000, 10000, 30000, 60000];
const TIME_LIMIT = 20000;
const CHECKS = 4;
const BETWEEN_CHECKS = 1000;
const FOLLOWED_WITHIN = 4000; // a link does not wait longer: this device keeps the text
const LARGEST_LEAVING = 60000; // browsers send no more than 64 KB after a page is gone
const OUR_FIELDS = new Set(["csrfmiddlewaretoken", "seen", "sending", "proof"]);
const PREFIX = "hub-espace:";

const TEXTS = {
  changed: "Modifications pas encore enregistrées…",
  saving: "Enregistrement…",
  saved: (at) => `Enregistré à ${at}`,
  incomplete: (at) => `Enregistré à ${at}, sauf ce qui reste à vérifier : cliquez sur « Enregistrer » pour savoir quoi.`,
  unsent: "Fichier choisi, pas encore envoyé : enregistrez pour l’envoyer",
  offline: "Hors ligne : gardé sur cet appareil. L’enregistrement reprendra tout seul.",
  failing: "Le site ne répond pas : gardé sur cet appareil. L’enregistrement reprendra tout seul.",
  unkept: "Le site ne répond pas, et ce navigateur ne garde rien : ne fermez pas cette page.",
  signedOut: "Votre session a expiré : votre texte est gardé sur cet appareil. Reconnectez-vous pour l’enregistrer.",
  signIn: "Se reconnecter",
  locked: "La fiche est en relecture : elle ne peut plus être modifiée. Votre texte est gardé sur cet appareil.",
  gone: "Cette fiche ne vous est plus accessible. Votre texte est gardé sur cet appareil.",
  conflict: (words) => `${words || "Un autre texte de cette étape a été enregistré."} Le vôtre est gardé sur cet appareil.`,
  compare: "Comparer les deux textes",
  onThisDevice: "Un texte n’est pas encore enregistré : il n’est que sur cet appareil. Ouvrez l’étape pour l’enregistrer :",
  restored: "Votre texte gardé sur cet appareil est remis dans le formulaire.",
};

class Device {
  /** What this browser keeps for one person, one sheet, one step. */
  constructor({ person, sheet, step }) {
    this.step = step;
    this.key = `${PREFIX}${person}:${sheet}:${step}`;
  }

  static forgetOthers(person) {
    Device.forget((key) => !key.startsWith(`${PREFIX}${person}:`));
  }

  static forget(isForgotten = () => true) {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX) && isForgotten(key))
        .forEach((key) => localStorage.removeItem(key));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // storage refused: nothing is kept there either
    }
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return kept && Array.isArray(kept.fields) ? kept : null;
    } catch (error) {
      if (error instanceof DOMException || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** Returns whether it is kept: storage may be full or refused. */
  keep(seen, fields, { sending = "" } = {}) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ seen, fields, sending }));
      return true;
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
  }

  drop() {
    Device.forget((key) => key === this.key);
  }
}

/** The fields of a form as pairs of texts: files are sent by their own form, and never by a saving. */
function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OUR_FIELDS.has(name));
}

function isSame(some, others) {
  return JSON.stringify(some) === JSON.stringify(others);
}

/** Puts kept fields back, rows added since included; returns false when the form does not show one of them. */
function fill(form, fields) {
  const wanted = new Map();
  fields.forEach(([name, value]) => wanted.set(name, [...(wanted.get(name) ?? []), value]));
  const named = new Set([...form.elements].map((control) => control.name));
  let isWhole = true;
  for (const control of form.elements) {
    if (!control.name || OUR_FIELDS.has(control.name) || control.type === "submit" || control.type === "file") continue;
    const values = wanted.get(control.name) ?? [];
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = values.includes(control.value);
    } else if (control instanceof HTMLSelectElement && control.multiple) {
      for (const option of control.options) option.selected = values.includes(option.value);
    } else if (values.length) {
      const value = values.shift();
      // A structure is shown by its name, and sent by its code.
      if (control.value !== value && control.closest("[data-combobox]")) isWhole = false;
      control.value = value;
    }
  }
  for (const [name, values] of wanted) {
    const controls = [...form.elements].filter((control) => control.name === name);
    const isBox = controls.some((control) => control.type === "checkbox");
    const homeless = isBox ? values.filter((value) => !controls.some((control) => control.value === value)) : values;
    for (const value of named.has(name) && !isBox ? [] : homeless) {
      isWhole = false;
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name, value });
      form.append(hidden);
    }
  }
  return isWhole;
}

class Writing {
  constructor(root, form) {
    this.form = form;
    this.root = root;
    this.data = root.dataset;
    this.line = root.querySelector("[data-space-line]");
    this.spoken = root.querySelector("[data-space-spoken]");
    this.choices = root.querySelector("[data-space-choices]");
    this.device = new Device(this.data);
    // What the server has, or shows back as wrong: not what it held while the session was over.
    this.onServer = this.data.unsaved === "1" ? null : fieldsOf(form);
    // What was sent without an answer.
    this.unanswered = null;
    this.failures = 0;
    this.sending = null;
    this.isStopped = false;
    this.isKept = true;
    this.isLeaving = false;
  }

  start() {
    Device.forgetOthers(this.data.person);
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", (event) => this.submitted(event));
    document.addEventListener("click", (event) => this.followed(event));
    addEventListener("online", () => this.isDirty() && this.save());
    addEventListener("pagehide", () => this.leave());
    addEventListener("beforeunload", (event) => {
      if (!this.isLeaving && this.isDirty() && !this.keep()) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
      else if (this.isDirty()) this.save();
    });
    // A page brought back by the button « back » may show what the server no longer has.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    if (this.data.unsaved === "1") this.changed();
    else if (this.data.refused === "1") this.keep(); // the rest is saved, and the page says so
    else this.restore();
  }

  get seen() {
    return this.form.elements.namedItem("seen");
  }

  isDirty() {
    return !isSame(fieldsOf(this.form), this.onServer);
  }

  keep() {
    this.isKept = this.device.keep(this.seen.value, fieldsOf(this.form));
    return this.isKept;
  }

  // --- what this device kept --------------------------------------------------------------------------------------

  restore() {
    const kept = this.device.read();
    if (!kept) return;
    // Sent by a button, and saved: a row was taken away, a structure proposed. What was kept until then is older.
    const isSaved = kept.sending && kept.sending === this.data.lastSent;
    if (isSaved || isSame(kept.fields, this.onServer)) this.device.drop();
    else this.bringBack(kept);
  }

  /** What was saved by others since is compared by the server, field by field, with the text this one began from. */
  bringBack(kept) {
    this.seen.value = kept.seen;
    const isWhole = fill(this.form, kept.fields);
    this.say(TEXTS.restored);
    this.form.dispatchEvent(new CustomEvent("space:filled", { bubbles: true }));
    // What this page does not show is shown by the server: rows, wrong or not, and what others saved meanwhile.
    if (isWhole) this.save().then((isSaved) => isSaved && this.merged && location.reload());
    else this.form.requestSubmit();
  }

  // --- savings ----------------------------------------------------------------------------------------------------

  changed() {
    if (!this.isDirty()) return;
    if (!this.keep() && this.failures) this.say(TEXTS.unkept, { isTroubled: true });
    if (this.isStopped || this.failures) return;
    this.show(TEXTS.changed);
    this.firstChange ??= Date.now();
    this.later(Math.min(QUIET_FOR, Math.max(0, this.firstChange + AT_LEAST_EVERY - Date.now())));
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  /** Saves; resolves to whether the server has the text. Only one saving is under way at a time. */
  save() {
    clearTimeout(this.timer);
    if (this.isStopped) return Promise.resolve(false);
    this.sending ??= this.send().finally(() => {
      this.sending = null;
      if (!this.isStopped && !this.failures && this.isDirty()) this.later(QUIET_FOR);
    });
    return this.sending;
  }

  async send() {
    const fields = fieldsOf(this.form);
    const lost = this.unanswered;
    this.unanswered = fields;
    this.firstChange = undefined;
    this.show(TEXTS.saving);
    let response;
    try {
      response = await this.post(fields, AbortSignal.timeout(TIME_LIMIT));
      if (response.status === 403 && !isJson(response)) response = await this.renewed(fields);
    } catch (error) {
      if (error instanceof TypeError || error instanceof DOMException) return this.fail(TEXTS.offline);
      throw error;
    }
    const answer = isJson(response) ? await response.json() : {};
    if (response.ok && answer.saved) return this.succeed(fields, answer);
    if (answer.signed_out) return this.signedOut(answer);
    if (response.status === 409) return this.conflict(answer, [fields, lost]);
    if (response.status === 423) return this.stop(TEXTS.locked);
    if (response.status === 404 || response.status === 403) return this.stop(TEXTS.gone);
    return this.fail(TEXTS.failing);
  }

  post(fields, signal, options = {}) {
    const body = new URLSearchParams(fields);
    body.append("seen", this.seen.value);
    body.append("csrfmiddlewaretoken", this.form.elements.namedItem("csrfmiddlewaretoken").value);
    return fetch(this.form.action, {
      method: "POST", body, signal, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" }, ...options,
    });
  }

  /** Signing in elsewhere changed the token of the forms: ask for the new one, and send again. */
  async renewed(fields) {
    const page = await this.freshPage();
    const token = page?.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (!token) return new Response(JSON.stringify({ signed_out: true }), { status: 403, headers: { "Content-Type": "application/json" } });
    this.form.elements.namedItem("csrfmiddlewaretoken").value = token;
    return this.post(fields, AbortSignal.timeout(TIME_LIMIT));
  }

  freshPage() {
    return pageAt(location.pathname);
  }

  succeed(fields, answer) {
    const wasFailing = this.failures > 0;
    this.failures = 0;
    this.unanswered = null;
    this.onServer = fields;
    this.seen.value = answer.seen;
    this.merged = answer.merged ?? "";
    // What is wrong was not saved: this device keeps it.
    const isWhole = !Object.keys(answer.errors ?? {}).length;
    if (this.isDirty() || !isWhole) this.keep();
    else this.device.drop();
    const unsent = [...this.form.querySelectorAll("input[type=file]")].some((input) => input.files.length) && TEXTS.unsent;
    const words = [isWhole ? TEXTS.saved(answer.at) : TEXTS.incomplete(answer.at), this.merged, unsent].filter(Boolean).join(". ");
    if (wasFailing || this.hasSpoken !== this.merged) this.say(words);
    else this.show(words);
    this.hasSpoken = this.merged;
    this.offer([]);
    document.dispatchEvent(new CustomEvent("space:saved"));
    return true;
  }

  fail(words) {
    const delay = RETRIES[Math.min(this.failures, RETRIES.length - 1)];
    const isKept = this.keep();
    if (!this.failures || !isKept) this.say(isKept ? words : TEXTS.unkept, { isTroubled: true });
    else this.show(words, { isTroubled: true });
    this.failures += 1;
    this.later(delay);
    return false;
  }

  signedOut(answer) {
    const isFirst = !this.failures;
    this.fail(TEXTS.signedOut);
    if (isFirst) {
      const login = new URL(answer.login || this.data.login, location.origin);
      if (!login.searchParams.has("next")) login.searchParams.set("next", location.pathname);
      this.offer([[TEXTS.signIn, login.pathname + login.search]]);
    }
    return false;
  }

  /** Our own saving whose answer was lost looks like somebody else's: the server then has what we sent. */
  async conflict(answer, sent) {
    const page = await this.freshPage().catch(() => null);
    const theirs = page?.querySelector("input[name=seen]")?.form;
    const fresh = theirs && theirs.elements.namedItem("seen").value;
    if (theirs && fresh !== this.seen.value && sent.some((fields) => fields && isSame(fields, fieldsOf(theirs)))) {
      this.seen.value = fresh;
      this.unanswered = null;
      return this.send();
    }
    this.stop(TEXTS.conflict(answer.words));
    this.offer([[TEXTS.compare, () => this.form.requestSubmit()]]);
    return false;
  }

  stop(words) {
    this.isStopped = true;
    this.say(this.keep() ? words : `${words} ${TEXTS.unkept}`, { isTroubled: true });
    return false;
  }

  // --- leaving ----------------------------------------------------------------------------------------------------

  /** A link is followed once what was typed is saved: the page it leads to tells what the sheet lacks. */
  async followed(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.hasAttribute("download") || (link.target && link.target !== "_self")) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    if (this.isStopped || this.failures || (!this.sending && !this.isDirty())) return;
    event.preventDefault();
    const limit = new Promise((resolve) => { setTimeout(resolve, FOLLOWED_WITHIN); });
    await Promise.race([this.settled(), limit]);
    location.assign(link.href);
  }

  /** Waits for the saving under way, then saves what was typed since. */
  async settled() {
    await this.sending;
    if (this.isDirty()) await this.save();
  }

  leave() {
    if (this.isLeaving || this.isStopped || !this.isDirty()) return;
    this.keep();
    if (this.sending) return; // it carries the text, or this device keeps what was written since
    const fields = fieldsOf(this.form);
    if (new URLSearchParams(fields).toString().length > LARGEST_LEAVING) return;
    if (document.visibilityState === "hidden" && this.failures) return;
    this.sending = this.post(fields, undefined, { keepalive: true })
      .then(async (response) => {
        const answer = isJson(response) ? await response.json() : {};
        if (response.ok && answer.saved) this.succeed(fields, answer);
      })
      .catch((error) => { if (!(error instanceof TypeError)) throw error; }) // the device keeps it
      .finally(() => { this.sending = null; });
  }

  /**
   * The text is saved before the page is left by a button: a broken connection then leaves the form where it is. When
   * nothing can be saved any more, the server answers the form itself: another text, a review, a session to renew.
   */
  async submitted(event) {
    if (this.isLeaving) return;
    if (this.isStopped || (!this.sending && !this.isDirty())) {
      this.sendForm();
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    await this.sending;
    const isSaved = this.isDirty() ? await this.save() : true;
    if (!isSaved && this.isKept && !this.isStopped) return;
    this.sendForm();
    this.form.requestSubmit(submitter);
  }

  sendForm() {
    this.isLeaving = true;
    clearTimeout(this.timer);
    // A name of its own, which the server gives back once it has saved what was sent under it.
    const sending = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    this.form.elements.namedItem("sending").value = sending;
    if (this.device.read()) this.device.keep(this.seen.value, fieldsOf(this.form), { sending });
  }

  // --- what is said -----------------------------------------------------------------------------------------------

  show(words, { isTroubled = false } = {}) {
    this.line.textContent = words;
    this.root.classList.toggle("hub-space-status--troubled", isTroubled);
  }

  say(words, options) {
    this.show(words, options);
    this.spoken.textContent = words;
  }

  /** Offers links (an address) and buttons (a function). */
  offer(choices) {
    this.choices.replaceChildren(...choices.map(([words, target]) => {
      const isLink = typeof target === "string";
      const choice = document.createElement(isLink ? "a" : "button");
      choice.className = "fr-btn fr-btn--sm fr-btn--secondary";
      choice.textContent = words;
      if (isLink) choice.href = target;
      else {
        choice.type = "button";
        choice.addEventListener("click", target);
      }
      return choice;
    }));
  }
}

/** Resolves to a step as the server has it, as a page no script runs in; null when it does not show it. */
async function pageAt(address) {
  const response = await fetch(address, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
  if (!response.ok) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  // A structure is named there, where a page with scripts sends its code.
  page.querySelectorAll("[data-combobox][data-code]").forEach((box) => { box.querySelector("input").value = box.dataset.code; });
  return page;
}

function isJson(response) {
  return (response.headers.get("Content-Type") ?? "").startsWith("application/json");
}

/** Two texts are shown, and the person chooses: nothing is saved by itself, what is typed is only kept. */
function choosing(device, form) {
  const keep = () => device.keep(form.elements.namedItem("seen").value, fieldsOf(form));
  keep();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => navigator.onLine && device.drop());
}

/**
 * The page that checks the sheet may be opened before the last words of a step are saved: it is shown again once they
 * are, and names the step whose text this device alone keeps.
 */
async function checking(notice) {
  const { person, sheet, steps } = notice.dataset;
  const links = [...document.querySelectorAll("a[href]")];
  const beginning = `${PREFIX}${person}:${sheet}:`;
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(beginning));
  let wasSaved = false;
  for (let attempt = 0; attempt < CHECKS && keys().length; attempt += 1) {
    if (attempt) await new Promise((resolve) => { setTimeout(resolve, BETWEEN_CHECKS); });
    for (const key of keys()) {
      const device = new Device({ person, sheet, step: key.slice(beginning.length) });
      const page = await pageAt(`${steps}${device.step}/`);
      const form = page?.querySelector("input[name=seen]")?.form;
      const kept = device.read();
      if (kept && form && !isSame(kept.fields, fieldsOf(form))) continue;
      if (kept && !form) continue;
      device.drop();
      wasSaved = true;
    }
  }
  if (wasSaved) location.reload();
  else if (keys().length) {
    const left = new Set(keys().map((key) => `${steps}${key.slice(beginning.length)}/`));
    const named = links.filter((link) => left.delete(link.pathname)).map((link) => link.cloneNode(true));
    const words = document.createElement("p");
    words.append(TEXTS.onThisDevice, ...named.flatMap((link) => [" ", link]));
    notice.replaceChildren(words);
    notice.hidden = false;
  }
}

const root = document.querySelector("[data-space-writing]");
const form = document.querySelector("input[name=seen]")?.form;
if (root && form && root.dataset.choosing === "1") choosing(new Device(root.dataset), form);
else if (root && form) new Writing(root, form).start();
const notice = document.querySelector("[data-space-check]");
if (notice) {
  checking(notice).catch((error) => {
    // Storage refused, or no connection: there is nothing to compare, or nothing to compare with.
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
  });
}
