/* Help while writing: how many characters are left, and buttons that write the marks of the light markup. */
const NEARLY_FULL = 0.9;
const MARKS = [
  { words: "Gras", title: "Mettre en gras", before: "**", after: "**", sample: "texte en gras" },
  { words: "Intertitre", title: "Ajouter un intertitre", before: "\n### ", after: "\n", sample: "Intertitre" },
  { words: "Liste", title: "Ajouter une puce de liste", before: "\n- ", after: "", sample: "élément de la liste" },
];

const form = document.querySelector("input[name=seen]")?.form;

function count(control) {
  const limit = control.maxLength;
  const line = document.createElement("p");
  line.className = "hub-space-counter";
  line.setAttribute("aria-hidden", "true"); // the limit itself is told by the field; the countdown would be too much
  control.after(line);
  const tell = () => {
    const left = limit - control.value.length;
    line.textContent = `${left} caractère${left > 1 ? "s" : ""} restant${left > 1 ? "s" : ""}`;
    line.classList.toggle("hub-space-counter--full", left === 0);
    const isUnneeded = control.value.length < limit * NEARLY_FULL && document.activeElement !== control;
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
    button.addEventListener("click", () => write(area, mark));
    bar.append(button);
  }
  area.before(bar);
}

function write(area, { before, after, sample }) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end) || sample;
  const opening = start === 0 ? before.replace(/^\n/, "") : before;
  area.setRangeText(`${opening}${chosen}${after}`, start, end, "end");
  area.setSelectionRange(start + opening.length, start + opening.length + chosen.length);
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

if (form) {
  for (const control of form.elements) {
    if (control.maxLength > 0 && control.type !== "hidden") count(control);
  }
  form.querySelectorAll("textarea[data-space-markup]").forEach(markup);
}
