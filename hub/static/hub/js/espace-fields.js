/* Help while writing: how many characters are left, and long lists of boxes made short. */
const NEARLY_FULL = 0.9;
const NUMBERS = new Intl.NumberFormat("fr-FR");
const FEWEST_FILTERED = 12;

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

/** A long list of boxes is shortened as one types; what is ticked stays in view. */
function filter(list) {
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  if (boxes.length < FEWEST_FILTERED) return;
  const group = list.closest("fieldset") ?? list.parentElement;
  const title = (group.querySelector("legend, summary")?.firstChild.textContent ?? "").trim();
  const field = document.createElement("div");
  field.className = "fr-input-group";
  const label = document.createElement("label");
  const input = document.createElement("input");
  const told = document.createElement("p");
  input.id = `${boxes[0].id}-filtre`;
  Object.assign(label, { className: "fr-label", htmlFor: input.id, textContent: `Filtrer : ${title}` });
  // No name: it is not part of what is saved. The key Enter would save the step.
  Object.assign(input, { className: "fr-input", type: "search", autocomplete: "off" });
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  Object.assign(told, { className: "fr-hint-text" });
  told.setAttribute("role", "status");
  field.append(label, input, told);
  list.before(field);
  const items = [...list.querySelectorAll("li")];
  const said = (node) => folded(node.textContent);
  const isWanted = (item, words) => words.every((word) => said(item).includes(word)) || item.querySelector("input:checked");
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    const words = folded(input.value).split(/\s+/).filter(Boolean);
    for (const item of items) {
      const wider = item.parentElement.closest("li");
      const isUnder = wider && words.every((word) => folded(wider.querySelector("label").textContent).includes(word));
      item.hidden = !(isWanted(item, words) || isUnder);
    }
    const shown = boxes.filter((box) => !box.closest("[hidden]")).length;
    told.textContent = words.length ? `${shown} sur ${boxes.length}` : "";
  });
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’']/g, " ").toLowerCase();
}

if (form) {
  for (const control of form.elements) {
    if (control.dataset.limit && control.type !== "hidden") count(control);
  }
  form.querySelectorAll(".hub-space-boxes").forEach(filter);
}
