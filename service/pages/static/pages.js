// What pages do without asking the server. Everything also works without it, but for folding.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.filters");
  if (form) form.requestSubmit();
});
document.addEventListener("click", (event) => {
  const fold = event.target.closest("[data-fold]");
  if (fold) {
    const open = fold.getAttribute("aria-expanded") !== "true";
    fold.setAttribute("aria-expanded", open);
    document.getElementById(fold.dataset.fold).hidden = !open;
    return;
  }
  for (const term of document.querySelectorAll("details.term[open]"))
    if (!term.contains(event.target)) term.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape")
    for (const term of document.querySelectorAll("details.term[open]")) term.open = false;
});
