// The plan of a draft: what is dropped elsewhere sends the same form as its buttons. Without this file, the buttons do.
// The page comes back where it was, on the button that was pressed, so that a line may be moved several times.
const order = document.querySelector("#ordre");
const KEPT = "certif:ordre";

let moving = null;

function keep(item, direction = "") {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ top: scrollY, id: item.id, direction }));
  } catch {
    // No right to store: the address of the line is enough to find it again.
  }
}

function resume() {
  let found = null;
  try {
    found = JSON.parse(sessionStorage.getItem(KEPT));
    sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing kept.
  }
  const item = found && document.getElementById(found.id);
  if (!item) return;
  scrollTo({ top: found.top, behavior: "instant" });
  const button = found.direction && item.querySelector(`.btn-move[value=${found.direction}]`);
  (button || item).scrollIntoView({ block: "nearest", behavior: "instant" });
  if (button) button.focus({ preventScroll: true });
}

function send(address, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    order.append(field);
  }
  order.action = address;
  order.submit();
}

function clear() {
  for (const each of document.querySelectorAll(".is-over")) each.classList.remove("is-over");
}

function others(list) {
  return [...list.querySelectorAll(`[data-genre=${list.dataset.accueille}]`)].filter((each) => each !== moving);
}

/** What the moved one would come before; null at the end of the list. */
function under(list, y) {
  return others(list).find((each) => y < each.getBoundingClientRect().top + each.offsetHeight / 2) ?? null;
}

function welcomes(list) {
  return moving && moving.dataset.genre === list.dataset.accueille;
}

for (const item of document.querySelectorAll("[data-deplacer]")) {
  const handle = item.querySelector(":scope > .plan-h") ?? item;
  handle.draggable = true;
  handle.addEventListener("dragstart", (event) => {
    moving = item;
    item.classList.add("is-moving");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.id);
  });
  handle.addEventListener("dragend", () => {
    moving = null;
    item.classList.remove("is-moving");
    clear();
  });
}

for (const list of document.querySelectorAll("[data-accueille]")) {
  list.addEventListener("dragover", (event) => {
    if (!welcomes(list)) return;
    event.preventDefault();
    clear();
    (under(list, event.clientY) ?? list).classList.add("is-over");
  });
  list.addEventListener("drop", (event) => {
    if (!welcomes(list)) return;
    event.preventDefault();
    const before = under(list, event.clientY);
    const place = before ? others(list).indexOf(before) + 1 : others(list).length + 1;
    const chapter = list.dataset.chapitre;
    keep(moving);
    send(moving.dataset.deplacer, chapter ? { place, chapitre: chapter } : { place });
  });
}

order.addEventListener("submit", ({ submitter }) => {
  const item = submitter?.closest("[data-deplacer]");
  if (item) keep(item, submitter.value);
});
addEventListener("load", () => requestAnimationFrame(resume));
