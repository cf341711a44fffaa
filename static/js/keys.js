// Says so when a security key does not answer, instead of leaving the button silent.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelectorAll("[data-key-problem]").forEach((line) => { line.hidden = false; });
});
