/* Dropping a file: the form works without this; here a file can be dragged, is checked before it leaves, and its dates are asked once it is chosen. */
(() => {
  "use strict";

  const TOO_HEAVY = (bytes) => `Ce fichier dépasse ${Math.floor(bytes / 1048576)}\u00a0Mo. Choisissez un fichier plus léger, ou partagez un lien.`;

  function enhance(form) {
    if (form.classList.contains("is-enhanced")) return;
    const input = form.querySelector("input[type=file]");
    const error = form.querySelector(".drop-error");
    const name = form.querySelector(".drop-name");
    if (!input || !error || !name) return;
    form.classList.add("is-enhanced");
    if (error.hidden && !form.querySelector(".is-invalid")) form.classList.add("is-waiting");

    const say = (text) => {
      error.textContent = text;
      error.hidden = !text;
      input.classList.toggle("is-invalid", Boolean(text));
    };

    const chosen = () => {
      const file = input.files[0];
      const heavy = file && file.size > Number(form.dataset.maxBytes);
      if (heavy) input.value = "";
      say(heavy ? TOO_HEAVY(Number(form.dataset.maxBytes)) : "");
      name.hidden = !input.files.length;
      name.textContent = input.files.length ? input.files[0].name : "";
      form.classList.toggle("is-waiting", !input.files.length);
    };

    input.addEventListener("change", chosen);
    for (const kind of ["dragenter", "dragover"]) {
      form.addEventListener(kind, (event) => {
        if (![...event.dataTransfer.types].includes("Files")) return;
        event.preventDefault();
        form.classList.add("is-over");
      });
    }
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget)) form.classList.remove("is-over");
    });
    form.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      form.classList.remove("is-over");
      const one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      input.files = one.files;
      chosen();
    });
    form.addEventListener("htmx:beforeRequest", () => {
      form.classList.add("is-sending");
      form.querySelector("button").disabled = true;
    });
    for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
      form.addEventListener(kind, () => {
        form.classList.remove("is-sending");
        form.querySelector("button").disabled = false;
        say("L’envoi n’a pas abouti. Votre fichier est toujours choisi\u00a0: réessayez.");
      });
    }
  }

  const enhanceAll = () => document.querySelectorAll("[data-drop]").forEach(enhance);
  document.addEventListener("DOMContentLoaded", enhanceAll);
  document.addEventListener("htmx:load", enhanceAll);
})();
