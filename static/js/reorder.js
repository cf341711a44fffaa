// The plan of a draft: a line dropped elsewhere sends the same form as its buttons. Without this file, the buttons do.
const order = document.querySelector("[data-ordre]");
const lists = document.querySelectorAll("[data-chapitre] .plan-l");

let moving = null;

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

/** The line the moved one would come before; null at the end of the list. */
function lineUnder(list, y) {
  const lines = [...list.querySelectorAll("[data-critere]")].filter((line) => line !== moving);
  return lines.find((line) => y < line.getBoundingClientRect().top + line.offsetHeight / 2) ?? null;
}

for (const line of document.querySelectorAll("[data-critere]")) {
  line.draggable = true;
  line.addEventListener("dragstart", (event) => {
    moving = line;
    line.classList.add("is-moving");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", line.id);
  });
  line.addEventListener("dragend", () => {
    moving = null;
    line.classList.remove("is-moving");
    clear();
  });
}

for (const list of lists) {
  list.addEventListener("dragover", (event) => {
    if (!moving) return;
    event.preventDefault();
    clear();
    (lineUnder(list, event.clientY) ?? list).classList.add("is-over");
  });
  list.addEventListener("drop", (event) => {
    if (!moving) return;
    event.preventDefault();
    const others = [...list.querySelectorAll("[data-critere]")].filter((line) => line !== moving);
    const before = lineUnder(list, event.clientY);
    const place = before ? others.indexOf(before) + 1 : others.length + 1;
    send(moving.dataset.critere, { place, chapitre: list.closest("[data-chapitre]").dataset.chapitre });
  });
}
