/*
 * Sends the form « Continuer » of an import again and again, and shows how far it is. A lost connection is tried again:
 * nothing is done twice.
 */
const AGAIN_AFTER = 5000; // milliseconds

const form = document.querySelector("[data-import]");

class Import {
  constructor() {
    this.bar = form.querySelector("progress");
    this.count = form.querySelector("[data-import-count]");
    this.problem = form.querySelector("[data-import-problem]");
    form.querySelector("button").hidden = true;
  }

  async run() {
    let isOver = false;
    while (!isOver) {
      const told = await this.advance();
      if (told) {
        this.problem.hidden = true;
        this.bar.value = told.done;
        this.count.textContent = `${told.done} sur ${form.dataset.total}`;
        isOver = told.isOver;
      } else {
        this.problem.textContent = "Le serveur ne répond pas. Nouvel essai dans quelques secondes.";
        this.problem.hidden = false;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
      }
    }
    location.reload();
  }

  async advance() {
    try {
      const response = await fetch(form.getAttribute("action"), { // « form.action » is its field of that name
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      if (response.ok && !response.redirected) return await response.json();
      // Signed out, or forgotten in another window: the page itself says which.
      if (response.redirected || response.status < 500) location.reload();
    } catch {
      // No network: tried again.
    }
    return null;
  }
}

if (form) new Import().run();
