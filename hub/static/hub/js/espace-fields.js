/* Help while writing: how many characters are left, and buttons that write the marks of the light markup. */
const NEARLY_FULL = 0.9;
const NUMBERS = new Intl.NumberFormat("fr-FR");
const ITEM = /^\s*(?:-|\d{1,4}\.)\s+/;
const MARKS = [
  { words: "Gras", title: "Mettre en gras", write: bold },
  { words: "Intertitre", title: "Ajouter un intertitre", write: heading },
  { words: "Liste", title: "Mettre une puce au début de chaque ligne", write: bullets },
];

const form = document.querySelector("input[name=seen]")?.form;

function count(control) {
  const limit = Number(control.dataset.limit);
  const line = document.createElement("p");
  line.className = "hub-space-counter";
  line.setAttribute("role", "status");
  (control.closest("[data-combobox]") ?? control).after(line);
  const tell = () => {
    const length = [...control.value].length;
    const left = Math.abs(limit - length);
    const isOver = length > limit;
    const many = left > 1 ? "s" : "";
    // The limit itself is told by the field: a countdown would be too much to listen to.
    line.setAttribute("aria-hidden", String(!isOver));
    line.textContent = `${NUMBERS.format(left)} caractère${many} ${isOver ? "de trop" : `restant${many}`}`;
    line.classList.toggle("hub-space-counter--full", length >= limit);
    const isUnneeded = length < limit * NEARLY_FULL && document.activeElement !== control;
    // Its place is kept: were the page to move as the field is left, the button being pressed would not be there any more.
    line.classList.toggle("hub-space-counter--unneeded", isUnneeded);
  };
  for (const event of ["input", "focus", "blur"]) control.addEventListener(event, tell);
  form.addEventListener("space:filled", tell);
  tell();
}

function markup(area) {
  const bar = document.createElement("div");
  bar.className = "hub-space-markup";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Mise en forme");
  for (const mark of MARKS) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: mark.words, title: mark.title });
    button.className = "fr-btn fr-btn--sm fr-btn--tertiary";
    button.addEventListener("click", () => mark.write(area));
    bar.append(button);
  }
  area.before(bar);
}

/** The selection, and the whole lines it touches. */
function chosenIn({ selectionStart: start, selectionEnd: end, value }) {
  const first = value.lastIndexOf("\n", start - 1) + 1;
  const next = value.indexOf("\n", end);
  return { start, end, first: start ? first : 0, last: next < 0 ? value.length : next, words: value.slice(start, end) };
}

/** Puts a text in the place of another, and selects a part of it: all of it when it is not found. */
function replace(area, from, to, text, selected) {
  area.setRangeText(text, from, to, "end");
  const at = Math.max(text.indexOf(selected), 0);
  area.setSelectionRange(from + at, from + at + (text.includes(selected) ? selected.length : text.length));
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function bold(area) {
  const { start, end, words } = chosenIn(area);
  const chosen = words.trim() ? words : "texte en gras";
  // A mark does not go from one paragraph to the next.
  const lines = chosen.split("\n").map((line) => line.replace(/^(\s*(?:(?:-|\d{1,4}\.|#{2,4})\s+)?)(\S.*?)(\s*)$/, "$1**$2**$3"));
  replace(area, start, end, lines.join("\n"), chosen.trim());
}

function bullets(area) {
  const { first, last } = chosenIn(area);
  const lines = area.value.slice(first, last).split("\n");
  const isEmpty = lines.every((line) => !line.trim());
  const items = isEmpty ? ["- élément de la liste"] : lines.map((line) => (!line.trim() || ITEM.test(line) ? line : `- ${line.trimStart()}`));
  replace(area, first, last, items.join("\n"), isEmpty ? "élément de la liste" : items.join("\n"));
}

/** An intertitle is a line of its own: what is around it is cut in two, and bold is closed before and opened again after. */
function heading(area) {
  const { start, end, first, last, words } = chosenIn(area);
  const sign = area.dataset.spaceMarkup;
  const isOpen = (text) => text.split("**").length % 2 === 0;
  const title = words.replaceAll("**", "").replace(/\s+/g, " ").trim() || "Intertitre";
  let [before, after] = words.trim() ? [area.value.slice(first, start), area.value.slice(end, last)] : [area.value.slice(first, last), ""];
  if (words.trim() && isOpen(before + words)) after = `**${after.trimStart()}`;
  if (words.trim() && isOpen(before)) before = `${before.trimEnd()}**`;
  const around = [before, after].map((part) => part.replaceAll("****", "").trim().replace(/^(?:-|\d{1,4}\.)$/, ""));
  replace(area, first, last, [around[0], `${sign} ${title}`, around[1]].filter(Boolean).join("\n\n"), title);
}

if (form) {
  for (const control of form.elements) {
    if (control.dataset.limit && control.type !== "hidden") count(control);
  }
  form.querySelectorAll("textarea[data-space-markup]").forEach(markup);
}
