// The board: a card dragged to another column sends the same form as its buttons. Without this file, the buttons do.
const board = document.querySelector("[data-board]");

function send(card, status) {
  const form = card.querySelector("form");
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "status";
  field.value = status;
  form.append(field);
  form.submit();
}

let moving = null;

for (const card of board.querySelectorAll("[data-card]")) {
  card.draggable = true;
  card.addEventListener("dragstart", (event) => {
    moving = card;
    card.classList.add("is-moving");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.card);
  });
  card.addEventListener("dragend", () => {
    moving = null;
    card.classList.remove("is-moving");
  });
}

for (const lane of board.querySelectorAll("[data-status]")) {
  const accepts = () => moving && moving.closest("[data-status]") !== lane;
  lane.addEventListener("dragover", (event) => {
    if (accepts()) {
      event.preventDefault();
      lane.classList.add("is-over");
    }
  });
  lane.addEventListener("dragleave", () => lane.classList.remove("is-over"));
  lane.addEventListener("drop", (event) => {
    lane.classList.remove("is-over");
    if (accepts()) {
      event.preventDefault();
      send(moving, lane.dataset.status);
    }
  });
}
