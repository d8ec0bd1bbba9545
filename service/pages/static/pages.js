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
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// A file: dropped anywhere on its form, and something said while it is read.
document.addEventListener("dragover", (event) => {
  const form = event.target.closest("form.drop");
  if (form) { event.preventDefault(); form.classList.add("over"); }
});
document.addEventListener("dragleave", (event) => event.target.closest("form.drop")?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  const form = event.target.closest("form.drop");
  if (!form || !event.dataTransfer.files.length) return;
  event.preventDefault();
  form.classList.remove("over");
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  picked(form);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("form.drop input[type=file]")) picked(event.target.form);
});
function picked(form) {
  const [file] = form.querySelector("input[type=file]").files;
  form.querySelector(".picked").textContent = file ? file.name : "aucun fichier choisi";
}
document.addEventListener("submit", (event) => {
  const busy = event.target.querySelector(".busy");
  if (busy) busy.textContent = "Lecture et vérification de chaque cellule…";
});
