/* What the hub adds to the DSFR. Read in the head, before the first paint: nothing here may be slow.
   Every page works without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.dataset.hubJs = "";

  /* The theme, before anything is painted; the DSFR takes over from there (same storage key). */
  const storedScheme = () => {
    try {
      return window.localStorage.getItem("scheme");
    } catch {
      return null; // storage refused by the visitor: the system decides
    }
  };
  const scheme = storedScheme();
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.frTheme = scheme === "dark" || (scheme !== "light" && prefersDark) ? "dark" : "light";

  /* On a phone the DSFR makes dialogs of these two: named before it starts, as HTML allows no name on what is a plain
     block on a larger screen. */
  document.addEventListener("readystatechange", () => {
    for (const [block, button] of [["menu-modale", "menu-bouton"], ["recherche-modale", "recherche-bouton"]]) {
      document.getElementById(block)?.setAttribute("aria-labelledby", button);
    }
  }, { once: true });

  /* Who signs out leaves nothing behind: the texts kept on this device (js/espace-writing.js) are theirs alone. */
  document.addEventListener("submit", ({ target }) => {
    if (new URL(target.action, document.baseURI).pathname !== "/compte/deconnexion/") return;
    try {
      Object.keys(localStorage).filter((key) => key.startsWith("hub-espace:")).forEach((key) => localStorage.removeItem(key));
    } catch {
      // storage refused by the visitor: nothing was kept
    }
  });

  /* Paper is white, whatever the screen. */
  let screenTheme = null;
  window.addEventListener("beforeprint", () => {
    screenTheme = root.dataset.frTheme;
    root.dataset.frTheme = "light";
  });
  window.addEventListener("afterprint", () => {
    root.dataset.frTheme = screenTheme;
  });

  /* Display settings: the dialog enters the page at the first click, then the DSFR runs it. */
  const openWhenReady = (dialog) => {
    const modal = window.dsfr?.(dialog)?.modal;
    if (modal) modal.disclose();
    else window.requestAnimationFrame(() => openWhenReady(dialog));
  };
  const openDisplaySettings = (button) => {
    document.body.append(document.getElementById("affichage-modele").content.cloneNode(true));
    const dialog = document.getElementById("affichage-modale");
    button.setAttribute("aria-controls", dialog.id);
    button.dataset.frOpened = "false";
    openWhenReady(dialog);
  };

  const copyAddress = async (button) => {
    await navigator.clipboard.writeText(button.dataset.hubCopy);
    document.getElementById(button.getAttribute("aria-describedby")).textContent = "Adresse copiée.";
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "affichage-bouton" && !document.getElementById("affichage-modale")) openDisplaySettings(button);
    if (button.matches("[data-hub-copy]")) copyAddress(button);
    if (button.matches("[data-hub-print]")) window.print();
  });

  /* A link to a moment of the transcript opens it. */
  const openTarget = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details");
    if (folded && !folded.open) {
      folded.open = true;
      target.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", openTarget);
  document.addEventListener("DOMContentLoaded", openTarget);
})();
