// The transcript of a replay is read before it is saved: what the button answers is shown under it, and a file is put in
// the text, where it can be corrected. Without this script the button opens the same in a tab, and the file is read when
// the page is saved.
const UNREAD = "La transcription n’a pas pu être lue. Réessayez, ou enregistrez le brouillon : il garde votre texte.";

async function preview(button) {
  const form = button.form;
  const box = button.closest("[data-transcript]");
  const prefix = box.dataset.transcript;
  const shown = box.querySelector("[data-transcript-shown]");
  const own = new FormData();
  for (const [name, value] of new FormData(form)) {
    const wanted = name === "csrfmiddlewaretoken" || name.startsWith("sequences-") || name.startsWith(`${prefix}-transcript`);
    if (wanted || name === `${prefix}-duration`) own.append(name, value);
  }
  shown.textContent = "Lecture en cours…";
  button.disabled = true;
  try {
    const answer = await fetch(button.getAttribute("formaction"), {
      method: "POST",
      body: own,
      headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const { html, text } = await answer.json();
    shown.innerHTML = html;
    if (text !== null) keep(form, prefix, text);
  } catch {
    shown.textContent = UNREAD;
  } finally {
    button.disabled = false;
  }
}

function keep(form, prefix, text) {
  const typed = form.elements[`${prefix}-transcript`];
  const other = typed.value.trim() && typed.value.trim() !== text.trim();
  if (other && !window.confirm("Remplacer le texte de la transcription par celui du fichier ?")) return;
  typed.value = text;
  typed.dispatchEvent(new Event("input", { bubbles: true }));
  typed.dispatchEvent(new Event("change", { bubbles: true }));
  form.elements[`${prefix}-transcript_file`].value = "";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-transcript-preview]");
  if (!button) return;
  event.preventDefault();
  preview(button);
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches?.('input[type="file"][name$="-transcript_file"]') && target.files.length) {
    const prefix = target.name.slice(0, -"-transcript_file".length);
    const button = document.querySelector(`[data-transcript="${prefix}"] [data-transcript-preview]`);
    if (button) preview(button);
  } else if (target.matches?.("[data-proposed-start]")) {
    // The start is seen where it will be kept, and can be corrected there.
    const start = target.form.elements[target.dataset.proposedFor];
    if (target.checked) {
      target.dataset.typed = start.value;
      start.value = target.dataset.proposedStart;
    } else {
      start.value = target.dataset.typed ?? "";
    }
  }
});

document.addEventListener("input", (event) => {
  const { target } = event;
  if (!target.matches?.('input[name$="-replay_start"]')) return;
  const box = document.querySelector(`[data-proposed-for="${target.name}"]`);
  if (box) box.checked = false;
});
