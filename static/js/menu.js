// The menu of small screens, and the CSRF token of htmx requests. Pages work without this file.
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
})();
