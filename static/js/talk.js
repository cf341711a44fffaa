// Calling somebody in a thread: typing « @ » offers the people of the list beside the text, by keyboard as by pointer.
// Without this file the list itself does it. Names are read again by the server: nothing here decides who is called.
(() => {
  "use strict";

  const AT = /(?:^|[\s(])@([\p{L}'’ -]{0,40})$/u;
  const SHOWN = 6;
  let field = null, options = [], chosen = 0;

  document.addEventListener("input", (event) => {
    if (event.target.dataset?.appel) offer(event.target);
  });
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
  document.addEventListener("keydown", (event) => {
    if (event.target !== field || !options.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose((chosen + step + options.length) % options.length);
    else if (event.key === "Enter" || event.key === "Tab") take(options[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  function offer(target) {
    close();
    const typed = AT.exec(target.value.slice(0, target.selectionStart));
    const people = document.getElementById(target.dataset.appel);
    if (!typed || !people) return;
    const start = plain(typed[1]);
    const names = [...people.options].filter((option) => option.value).map((option) => option.text);
    options = names.filter((name) => words(name).some((word) => word.startsWith(start))).slice(0, SHOWN);
    if (!options.length) return;
    field = target;
    const list = document.createElement("ul");
    list.className = "people";
    list.id = "a-appeler";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Personnes à appeler");
    for (const [place, name] of options.entries()) {
      const item = document.createElement("li");
      item.id = `a-appeler-${place}`;
      item.textContent = name;
      item.setAttribute("role", "option");
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(name); });
      list.append(item);
    }
    field.after(list);
    field.setAttribute("aria-controls", list.id);
    choose(0);
    say(options.length === 1 ? `Une personne : ${options[0]}. Entrée pour l’appeler.`
      : `${options.length} personnes. Flèches pour choisir, Entrée pour appeler.`);
  }

  // « car » finds Karim Carlier, and « karim c » too.
  function words(name) {
    const parts = plain(name).split(" ");
    return parts.map((_, place) => parts.slice(place).join(" "));
  }

  function plain(text) { return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(); }

  function choose(place) {
    chosen = place;
    for (const item of document.getElementById("a-appeler").children) {
      item.setAttribute("aria-selected", item.id === `a-appeler-${place}`);
    }
    field.setAttribute("aria-activedescendant", `a-appeler-${place}`);
  }

  function take(name) {
    const target = field, before = target.value.slice(0, target.selectionStart);
    const start = before.lastIndexOf("@");
    close();
    target.setRangeText(`@${name} `, start, before.length, "end");
  }

  function close() {
    document.getElementById("a-appeler")?.remove();
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
    field = null;
    options = [];
  }

  function say(text) {
    let place = document.getElementById("a-appeler-dit");
    if (!place) {
      place = document.createElement("p");
      place.id = "a-appeler-dit";
      place.className = "visually-hidden";
      place.setAttribute("role", "status");
      document.body.append(place);
    }
    place.textContent = text;
  }

  // After a gesture the threads are replaced: the reader is led to what changed, or to what is wrong.
  document.addEventListener("htmx:afterSwap", () => {
    const threads = document.getElementById("fils");
    const wrong = threads?.querySelector("[aria-invalid=true]");
    const place = wrong || (threads?.dataset.focus && document.getElementById(threads.dataset.focus));
    if (place) place.focus();
    threads?.removeAttribute("data-focus");
  });
})();
