// Saves the form #reponse by itself, tells the truth about it, and never loses what was typed: a structure’s answer, an
// advisor’s opinion. What is watched: the radios « niveau » and the texts marked data-texte.
// Without this file the form still posts with its button; nothing here knows a rule of the norm.
(() => {
  "use strict";

  const PAUSE = 1500;          // after the last key
  const LONGEST = 15000;       // while typing without a pause
  const SLOW = 1000;           // before saying « Enregistrement… »
  const POLL = 15000;
  const RETRIES = [5000, 15000, 30000, 60000];
  const DRAFT_DAYS = 14;

  const form = document.getElementById("reponse");
  keyboard();
  if (!form) return;

  const fields = [...form.querySelectorAll("textarea[data-texte]")];
  const described = new Map(fields.map((field) => [field, field.getAttribute("aria-describedby").replace(/\s*erreur-\S+/, "")]));
  const draftPrefix = form.dataset.brouillon;
  let saved = snapshot();      // what the server is known to hold
  let sent = null;             // what is on its way, or was when the network failed
  let flying = null;           // the request under way
  let stopped = "";            // why saving by itself is over: conflict, session…
  let pause = 0, dirtySince = 0, retry = 0, retries = 0;
  let leaving = false;         // the whole form is on its way with a button of its own

  document.documentElement.classList.add("is-auto");
  purgeOldDrafts();
  if (!("refuse" in form.dataset)) offerDraft();
  else saved = null;           // the page shows a refused text: it is not what the server holds
  tellOtherDrafts();
  count();

  // --- What is typed ---------------------------------------------------------------------------

  function snapshot() {
    const checked = form.querySelector("input[name=niveau]:checked");
    return JSON.stringify([checked ? checked.value : "", ...fields.map((field) => plain(field.value))]);
  }

  function plain(text) { return text.replace(/\r\n/g, "\n").trim(); }

  function version() { return document.getElementById("version").value; }

  function dirty() { return snapshot() !== saved; }

  form.addEventListener("input", (event) => {
    if (event.target.name !== "niveau" && !fields.includes(event.target)) return;
    count();
    if (event.target.name === "niveau") hideReached(Number(event.target.value));
    if (!dirty()) { forgetDraft(); clearTimeout(pause); dirtySince = 0; return; }
    keepDraft();
    if (stopped) return;
    dirtySince = dirtySince || Date.now();
    clearTimeout(pause);
    const choice = event.target.name === "niveau";
    const wait = choice ? 0 : Math.max(0, Math.min(PAUSE, LONGEST - (Date.now() - dirtySince)));
    pause = setTimeout(save, wait);
  });

  // The help to reach a level is of no use once the level is chosen; the page loaded anew shows the next one.
  function hideReached(level) {
    const help = document.querySelector("[data-vise]");
    if (help) help.hidden = level >= Number(help.dataset.vise);
  }

  function count() {
    const number = (value) => value.toLocaleString("fr-FR");
    for (const field of fields.filter((each) => each.dataset.compte)) {
      const length = field.value.trim().length, max = Number(field.dataset.max);
      const shown = document.getElementById(field.dataset.compte);
      shown.textContent = `${number(length)}\u00a0${length > 1 ? "caractères" : "caractère"} sur ${number(max)}`;
      shown.classList.toggle("st-bad", length > max);
      shown.classList.toggle("muted", length <= max);
    }
  }

  // --- Saving ----------------------------------------------------------------------------------

  async function save() {
    clearTimeout(pause);
    clearTimeout(retry);
    if (flying) { await flying; return dirty() && !stopped ? save() : !dirty(); }
    if (!dirty()) return true;
    flying = post();
    const done = await flying;
    flying = null;
    if (done && dirty()) pause = setTimeout(save, PAUSE);
    return done;
  }

  async function post(again = false) {
    const before = sent;
    sent = snapshot();
    dirtySince = 0;
    const slow = setTimeout(() => state("note", "clock", "Enregistrement…"), SLOW);
    let response;
    try {
      response = await fetch(form.action, request());
    } catch {
      return unreachable();
    } finally {
      clearTimeout(slow);
    }
    if (response.type === "opaqueredirect") return signedOut();
    if (response.status === 403 && !again) return (await freshToken()) ? post(true) : false;
    if (response.status === 403 || response.status === 404) return forbidden();
    if (![200, 409, 422].includes(response.status)) return unavailable();
    const answer = parse(await response.text());
    if (!answer.getElementById("etat")) return unavailable();
    retries = 0;
    if (response.status === 409) return overtaken(answer, before, again);
    if (response.status === 422) return refused(answer);
    saved = sent;
    sent = null;
    clearErrors();
    swap(answer, ["version", "etat", "numero", "constat", "ecart"]);
    if (dirty()) keepDraft(); else forgetDraft();
    look();
    return true;
  }

  // Outlives the page when it is small enough for a browser to allow it.
  function request() {
    return {
      method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, redirect: "manual",
      keepalive: fields.reduce((total, field) => total + field.value.length, 0) < 15000,
    };
  }

  function parse(html) { return new DOMParser().parseFromString(html, "text/html"); }

  function swap(answer, ids) {
    for (const id of ids) {
      const fresh = answer.getElementById(id), old = document.getElementById(id);
      if (!fresh || !old) continue;
      if (id === "etat") { old.className = fresh.className; old.replaceChildren(...fresh.childNodes); }
      else old.replaceWith(fresh);
    }
  }

  // --- What may go wrong, and what is said then ------------------------------------------------

  function refused(answer) {
    clearErrors();
    for (const message of answer.querySelectorAll("[data-erreur]")) {
      const place = document.getElementById(`${message.id}-ici`) || document.getElementById("erreur-page-ici");
      place.replaceChildren(message);
      const field = fields.find((each) => message.id === `erreur-${each.name}`);
      if (!field) continue;
      field.classList.add("is-invalid");
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", `${described.get(field)} ${message.id}`);
    }
    swap(answer, ["etat"]);
    keepDraft(true);
    return false;
  }

  function clearErrors() {
    for (const message of form.querySelectorAll("[data-erreur]")) message.remove();
    for (const field of fields) {
      field.classList.remove("is-invalid");
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", described.get(field));
    }
  }

  function overtaken(answer, before, again) {
    const current = answer.getElementById("actuel");
    const stored = current && JSON.stringify([
      current.elements.niveau.value, ...fields.map((field) => plain(current.elements[field.name].value)),
    ]);
    // Our own earlier request went through although its answer got lost: nobody else wrote.
    if (!again && before !== null && stored === before && answer.getElementById("etat").dataset.etat === "conflit") {
      saved = stored;
      document.getElementById("version").value = current.elements.version.value;
      return post(true);
    }
    stopped = "conflit";
    swap(answer, ["etat"]);
    keepDraft(true);
    return false;
  }

  function unreachable() {
    keepDraft(true);
    if (navigator.onLine) return later("Serveur injoignable : votre texte est gardé sur cet appareil");
    state("warn", "alert", "Hors ligne : votre texte est gardé sur cet appareil");
    return false;
  }

  function unavailable() {
    keepDraft(true);
    return later("Serveur indisponible : votre texte est gardé sur cet appareil");
  }

  function later(sentence) {
    state("warn", "alert", sentence);
    retry = setTimeout(save, RETRIES[Math.min(retries++, RETRIES.length - 1)]);
    return false;
  }

  function signedOut() {
    stopped = "session";
    keepDraft(true);
    const link = document.createElement("a");
    link.href = form.dataset.connexion;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "reconnectez-vous";
    state("warn", "lock", "Session expirée : ", link, ", votre texte vous attend");
    return false;
  }

  function forbidden() {
    stopped = "droit";
    keepDraft(true);
    state("warn", "lock", "Vous ne pouvez plus écrire ici : votre texte est gardé sur cet appareil");
    return false;
  }

  function gone() {
    stopped = "droit";
    keepDraft(true);
    state("warn", "lock", "Ce dossier ne vous est plus ouvert\u00a0: rechargez la page");
  }

  function state(tone, icon, ...content) {
    if (tone === "warn") clearErrors();  // what the server last said is about an older text
    const place = document.getElementById("etat");
    place.className = `save st-${tone}`;
    const sign = document.querySelector(`#signes-etat [data-signe=${icon}]`);
    const words = document.createElement("span");
    words.append(...content);
    place.replaceChildren(sign.firstElementChild.cloneNode(true), words);
  }

  window.addEventListener("online", () => { if (dirty() && !stopped) save(); });

  // A token can change under the page (login in another tab): ask for the new one, and for who is signed in.
  async function freshToken() {
    try {
      const response = await fetch(`${form.dataset.direct}?jeton`, { redirect: "manual" });
      if (response.type === "opaqueredirect") return signedOut();
      if (!response.ok) return forbidden();
      const token = parse(await response.text()).getElementById("jeton");
      if (!token || token.dataset.utilisateur !== form.dataset.utilisateur) return otherAccount();
      for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token.value;
      return true;
    } catch {
      return unreachable();
    }
  }

  function otherAccount() {
    stopped = "compte";
    keepDraft(true);
    state("warn", "lock", "Un autre compte est connecté sur cet appareil : rien n’est enregistré sous son nom");
    return false;
  }

  // Back from the login page of another tab: take up where we were.
  async function resume() {
    if (stopped !== "session") return;
    if (!(await freshToken())) return;
    stopped = "";
    save();
  }

  // --- Drafts in the browser -------------------------------------------------------------------
  // One per person, dossier, criterion and version it was written from; only ever offered to that person.

  function draftKey() { return `${draftPrefix}:${version()}`; }

  function keepDraft(failed = false) {
    const [niveau, ...texts] = JSON.parse(snapshot());
    const typed = Object.fromEntries(fields.map((field, place) => [field.name, texts[place]]));
    try {
      const kept = JSON.parse(localStorage.getItem(draftKey()) || "{}");
      localStorage.setItem(draftKey(), JSON.stringify({
        niveau, ...typed, at: Date.now(), failed: failed || Boolean(kept.failed),
      }));
    } catch { /* storage full or forbidden: the text is still on the page */ }
  }

  function forgetDraft() {
    try { for (const key of draftKeys(`${draftPrefix}:`)) localStorage.removeItem(key); } catch { /* same */ }
  }

  function draftKeys(prefix) { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); }

  function read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }

  function purgeOldDrafts() {
    try {
      for (const key of draftKeys("certif:brouillon:")) {
        const draft = read(key);
        if (!draft || Date.now() - draft.at > DRAFT_DAYS * 86400000) localStorage.removeItem(key);
      }
    } catch { /* no storage, no drafts */ }
  }

  function offerDraft() {
    let found = null;
    try {
      for (const key of draftKeys(`${draftPrefix}:`)) {
        const draft = read(key);
        if (!draft) continue;
        if (JSON.stringify([draft.niveau, ...fields.map((field) => draft[field.name] ?? "")]) === saved) localStorage.removeItem(key);
        else if (!found || draft.at > found.draft.at) found = { key, draft };
      }
    } catch { return; }
    if (!found) return;
    const box = document.createElement("div");
    box.className = "callout part-s";
    box.setAttribute("role", "alert");
    const when = new Date(found.draft.at);
    const time = `${when.toLocaleDateString("fr-FR", { day: "numeric", month: "long" })} à ${when.getHours()}\u00a0h\u00a0${String(when.getMinutes()).padStart(2, "0")}`;
    const words = document.createElement("p");
    words.append(strong("Un texte non enregistré vous attend."), ` Vous l’avez écrit sur cet appareil le ${time}.`);
    const text = document.createElement("blockquote");
    text.className = "text text-pre";
    text.textContent = fields.map((field) => found.draft[field.name]).filter(Boolean).join("\n\n") || "(un niveau, sans texte)";
    const actions = document.createElement("p");
    actions.className = "row-actions";
    actions.append(
      button("btn btn-primary", "Reprendre ce texte", () => {
        fill(found.draft);
        document.getElementById("version").value = found.key.split(":").pop();
        box.remove();
        keepDraft();
        save();
        fields[0].focus();
      }),
      button("btn btn-link", "L’abandonner", () => { localStorage.removeItem(found.key); box.remove(); }),
    );
    box.append(words, text, actions);
    document.getElementById("brouillon").append(box);
  }

  function fill(draft) {
    for (const radio of form.querySelectorAll("input[name=niveau]")) radio.checked = radio.value === draft.niveau;
    for (const field of fields) field.value = draft[field.name] ?? "";
    count();
  }

  function tellOtherDrafts() {
    const dossier = draftPrefix.split(":").slice(0, -1).join(":") + ":";
    const codes = new Set();
    try {
      for (const key of draftKeys(dossier)) {
        if (!key.startsWith(`${draftPrefix}:`) && read(key)?.failed) codes.add(key.slice(dossier.length).split(":")[0]);
      }
    } catch { return; }
    if (!codes.size) return;
    const words = document.createElement("p");
    words.className = "callout part-s small";
    words.append("Un texte non enregistré vous attend aussi : ");
    [...codes].slice(0, 5).forEach((code, place) => {
      const link = document.createElement("a");
      link.href = new URL(`../${encodeURIComponent(code)}/`, location.href).pathname;
      link.textContent = code;
      words.append(place ? ", " : "", link);
    });
    document.getElementById("brouillon").append(words);
  }

  function strong(words) { const b = document.createElement("b"); b.textContent = words; return b; }

  function button(css, words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = css;
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  // --- Leaving the page ------------------------------------------------------------------------

  // The button saves at once, without leaving the page; refused texts and conflicts go the plain way.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name) {  // a button that does more than save goes the plain way, after the save under way
      if (flying) { event.preventDefault(); flying.then(() => form.requestSubmit(event.submitter)); return; }
      clearTimeout(pause);
      if (["retirer", "confirmer"].includes(event.submitter.name)) forgetDraft();
      leaving = true;
      return;
    }
    if (stopped) return;
    event.preventDefault();
    if (dirty()) save();
    else if (!document.getElementById("etat").classList.contains("st-ok")) state("note", "check", "Rien à enregistrer");
  });

  // « Comparer » sends what is on the page now, which may be newer than what lost.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.hasAttribute("data-comparer")) {
      event.preventDefault();
      stopped = "conflit";
      saved = snapshot();
      form.submit();
      return;
    }
    if (link.target || link.getAttribute("href")?.startsWith("#")) return;
    if (unsent()) { event.preventDefault(); sayUnsent(); return; }
    if (stopped || !dirty()) return;
    event.preventDefault();
    save().then((done) => { if (done) location.assign(link.href); });
  });

  // Any other form of the page (comment, evidence, colleague) waits for the text to be saved.
  document.addEventListener("submit", (event) => {
    if (event.target === form || stopped || !dirty() || event.target.dataset.attendu) return;
    event.preventDefault();
    event.stopPropagation();
    save().then((done) => {
      if (!done) return;
      event.target.dataset.attendu = "1";
      event.target.requestSubmit(event.submitter);
      delete event.target.dataset.attendu;
    });
  }, true);

  // What a button must add is not saved by itself: it is not left behind without a word.
  function unsent() { return [...form.querySelectorAll("[data-a-ajouter]")].find((each) => each.value.trim()); }

  function sayUnsent() {
    const field = unsent();
    field.closest("details").open = true;
    field.focus();
    state("warn", "alert", "Une demande n’est pas ajoutée : ajoutez-la, ou videz son texte");
  }

  window.addEventListener("pagehide", () => {
    if (!leaving && dirty() && !stopped && !flying) {
      fetch(form.action, request()).catch(() => {});
    }
  });

  window.addEventListener("beforeunload", (event) => {
    // Only when the text could not be saved: a warning at every click would train people to ignore it.
    if (!leaving && (unsent() || (dirty() && stopped && stopped !== "conflit"))) event.preventDefault();
  });

  // --- What colleagues do meanwhile ------------------------------------------------------------

  let seen = form.dataset.vu, looking = false;

  async function look() {
    if (looking || document.hidden || stopped) return;
    looking = true;
    try {
      const address = new URL(form.dataset.direct, location.href);
      address.searchParams.set("vu", seen);
      const chosen = new URL(location.href).searchParams.get("filtre");
      if (chosen) address.searchParams.set("filtre", chosen);
      const response = await fetch(address, { redirect: "manual" });
      if (response.type === "opaqueredirect") { if (dirty()) signedOut(); return; }
      if (response.status === 404) return gone();
      if (response.status === 200) show(parse(await response.text()));
    } catch { /* the next look will tell */ } finally { looking = false; }
  }

  function show(news) {
    const rail = news.getElementById("rail");
    if (!rail) return;
    seen = news.getElementById("vu").value;
    for (const place of document.querySelectorAll("[data-rail]")) {
      const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      place.innerHTML = rail.innerHTML;
      if (focused) [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
    }
    const told = news.getElementById("ailleurs");
    if (told.children.length) document.getElementById("ailleurs").replaceChildren(...told.childNodes);
  }

  setInterval(look, POLL);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { if (dirty() && !stopped) save(); } else if (stopped === "session") resume(); else look();
  });
  window.addEventListener("focus", resume);
  window.addEventListener("storage", (event) => { if (event.key === "certif:connexion") resume(); });

  // --- Keyboard: Alt P, Alt S, whatever the letter Alt types on this keyboard -------------------

  function keyboard() {
    document.addEventListener("keydown", (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const link = { KeyP: "[data-precedent]", KeyS: "[data-suivant]" }[event.code];
      const target = link && document.querySelector(link);
      if (!target) return;
      event.preventDefault();
      target.click();
    });
  }
})();
