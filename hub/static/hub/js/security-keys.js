// Security keys and passkeys: shows the buttons that need this script, and says in French why a key was refused.
(function () {
  "use strict";
  const REASONS = {
    NotAllowedError: "La clé n’a pas été reconnue, ou vous avez renoncé. Réessayez.",
    InvalidStateError: "Cette clé est déjà enregistrée.",
    NotSupportedError: "Ce navigateur ne sait pas utiliser cette clé.",
    SecurityError: "Les clés demandent une connexion sécurisée (https).",
  };
  document.addEventListener("DOMContentLoaded", function () {
    if (!window.PublicKeyCredential) return;
    document.querySelectorAll("[data-needs-script]").forEach(function (button) {
      button.hidden = false;
    });
  });
  document.addEventListener("allauth.error", function (event) {
    const place = document.getElementById("erreur-cle");
    if (!place) return;
    event.preventDefault();
    const error = event.detail.exception;
    place.textContent = REASONS[error.name] || "La clé n’a pas pu être utilisée. Réessayez, ou choisissez un autre moyen.";
    place.hidden = false;
  });
})();
