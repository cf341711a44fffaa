// Choosing a text ends the story of the draft kept in this browser.
(() => {
  "use strict";
  const page = document.querySelector("[data-brouillon]");
  const forget = () => {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(`${page.dataset.brouillon}:`)) localStorage.removeItem(key);
      }
    } catch { /* no storage, no draft */ }
  };
  for (const link of page.querySelectorAll("[data-oublier]")) link.addEventListener("click", forget);
  for (const form of page.querySelectorAll("form")) form.addEventListener("submit", forget);
})();
