// The menu of small screens, the CSRF token of htmx requests, and what is said when a page left open is no longer open
// to its reader. Pages work without this file.
"use strict";

(() => {
  document.documentElement.classList.add("has-js");
  const button = document.querySelector(".menu-btn");
  const menu = document.getElementById("menu");
  if (button && menu) {
    const show = (open) => {
      button.setAttribute("aria-expanded", String(open));
      menu.classList.toggle("is-open", open);
    };
    button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
        show(false);
        button.focus();
      }
    });
  }
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.value;
  });
  // A share or a place in the team was taken back meanwhile: a fragment that asks again and again must not fail in silence.
  document.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    if (xhr.status !== 404 || document.getElementById("ferme")) return;
    const said = document.createElement("p");
    said.id = "ferme";
    said.className = "notice notice-warning";
    said.setAttribute("role", "alert");
    said.textContent = "Ce dossier ne vous est plus ouvert\u00a0: son partage a pris fin, ou votre place dans l’équipe. Rechargez la page.";
    document.querySelector(".notices").append(said);
    if (elt.getAttribute("hx-trigger")?.startsWith("every")) elt.remove();  // what it showed is no longer for its reader
    said.scrollIntoView({ block: "nearest" });
  });
})();
