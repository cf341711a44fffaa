// Writing a criterion: what is typed is kept in this browser until it is saved, whatever happens to the session or the page.
const form = document.querySelector("#ecriture");
const offer = document.querySelector("#reprise");
const key = form.dataset.garde;

let dirty = form.hasAttribute("data-modifie");

function typed() {
  return [...new FormData(form).entries()].filter(([name]) => name !== "csrfmiddlewaretoken");
}

function keep(sent = false) {
  try {
    localStorage.setItem(key, JSON.stringify({ values: typed(), version: form.dataset.version, sent }));
  } catch {
    // No room or no right to store: the page itself still holds the text.
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

form.addEventListener("input", () => {
  dirty = true;
  keep();
});
form.addEventListener("submit", () => {
  dirty = false;
  keep(true);
});
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

const found = kept();
if (found && !form.hasAttribute("data-modifie")) {
  if (found.sent && found.version !== form.dataset.version) {
    localStorage.removeItem(key);
  } else if (JSON.stringify(found.values) !== JSON.stringify(typed())) {
    offer.hidden = false;
  }
}

offer.querySelector("[data-reprendre]").addEventListener("click", () => {
  const again = document.createElement("form");
  again.method = "post";
  again.hidden = true;
  const token = form.elements.namedItem("csrfmiddlewaretoken").value;
  for (const [name, value] of [...found.values, ["geste", "reprendre"], ["csrfmiddlewaretoken", token]]) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    again.append(field);
  }
  document.body.append(again);
  again.submit();
});
offer.querySelector("[data-oublier]").addEventListener("click", () => {
  localStorage.removeItem(key);
  offer.hidden = true;
});
