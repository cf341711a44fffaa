// The review screen by the keyboard, and remarks of the network put in at the cursor. Without it every button still works.
(() => {
  "use strict";

  const form = document.getElementById("reponse");
  if (!form) return;
  const OFF = "certif:chiffres-desactives";

  // --- Digits choose a level, wherever one is but in a field ------------------------------------

  const line = form.querySelector("[data-raccourcis]"), toggle = form.querySelector("[data-chiffres]");
  line.hidden = matchMedia("(hover: none)").matches;
  let off = false;
  try { off = localStorage.getItem(OFF) !== null; } catch { /* no storage: on at each visit */ }
  show();

  toggle.addEventListener("click", () => {
    off = !off;
    try { if (off) localStorage.setItem(OFF, "1"); else localStorage.removeItem(OFF); } catch { /* for this page only */ }
    show();
  });

  function show() {
    toggle.textContent = off ? "Activer les chiffres" : "Désactiver les chiffres";
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[name=relu]"));
      return;
    }
    if (off || event.altKey || event.ctrlKey || event.metaKey || !/^(Digit|Numpad)\d$/.test(event.code)) return;
    if (event.target.matches("textarea, select, input:not([type=radio])")) return;
    const radio = form.querySelector(`input[name=niveau][value="${event.code.at(-1)}"]`);
    if (!radio) return;
    event.preventDefault();
    radio.focus();
    radio.click();
  });

  // --- A remark of the network, at the cursor ---------------------------------------------------

  form.querySelector("[data-inserer]")?.addEventListener("click", async (event) => {
    event.preventDefault();
    const chosen = form.elements.modele, field = form.elements[event.target.dataset.inserer], button = event.target;
    try {
      const response = await fetch(`${chosen.dataset.adresse}${chosen.value}/`, { headers: { "HX-Request": "true" }, redirect: "manual" });
      if (!response.ok) throw new Error();
      insert(field, await response.text());
    } catch {
      form.requestSubmit(button);  // the plain way says what is wrong
    }
  });

  function insert(field, text) {
    const before = field.value.slice(0, field.selectionStart), after = field.value.slice(field.selectionEnd);
    const gap = before && !/\s$/.test(before) ? (before.includes("\n") ? "\n\n" : " ") : "";
    field.value = `${before}${gap}${text}${after}`;
    const end = before.length + gap.length + text.length;
    field.setSelectionRange(end, end);
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
})();
