// A page is published after its automatic save, not beside it: a new page that is being saved for the first time would be
// created twice, and the second refused as the double of the first (Wagtail 8.0.1). What the save makes of the form (the
// address it is sent to) is waited for; the button pressed is kept.
const WAITS_AT_MOST = 10_000; // milliseconds
let saving = null; // resolved when the save that is under way has ended

document.addEventListener("w-autosave:save", () => {
  if (saving) return;
  saving = new Promise((resolve) => {
    const end = () => {
      saving = null;
      document.removeEventListener("w-autosave:success", end);
      document.removeEventListener("w-autosave:error", end);
      resolve();
    };
    document.addEventListener("w-autosave:success", end);
    document.addEventListener("w-autosave:error", end);
    setTimeout(end, WAITS_AT_MOST);
  });
});

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!saving || !form.matches("#page-edit-form")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  saving.then(() => {
    if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    form.requestSubmit();
  });
}, { capture: true });
