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
// What takes long says so, and can be stopped.
function waiting(place, sentence, stop) {
  const said = document.createElement("span");
  const bar = document.createElement("progress");
  const button = document.createElement("button");
  said.textContent = sentence;
  bar.setAttribute("aria-label", sentence);
  button.type = "button";
  button.textContent = "Arrêter";
  button.addEventListener("click", stop);
  place.replaceChildren(said, bar, button);
}
// A form is sent once, however often one clicks.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "oui";
  const busy = form.querySelector(".busy");
  if (busy)
    waiting(busy, "Envoi, puis lecture et vérification de chaque cellule…", () => {
      window.stop();
      delete form.dataset.sent;
      busy.textContent = busy.dataset.stopped;
    });
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted)  // come back to; a first showing may come after the first click
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector(".busy")?.replaceChildren();
    }
});
// A document takes seconds to be made: the page says so until it is there.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[download]"), busy = document.querySelector(".busy.making");
  if (!link || !busy || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (busy.dataset.sent) return;
  busy.dataset.sent = "oui";
  const control = new AbortController(), title = `« ${link.textContent} »`;
  waiting(busy, `${title} se prépare…`, () => control.abort());
  try {
    const answer = await fetch(link.href, { signal: control.signal });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    const made = document.createElement("a");
    made.href = URL.createObjectURL(await answer.blob());
    made.download = /filename="?([^";]+)/.exec(answer.headers.get("content-disposition"))?.[1] ?? "";
    made.click();
    setTimeout(() => URL.revokeObjectURL(made.href), 60000);
    busy.textContent = `${title} est dans vos téléchargements.`;
  } catch (error) {
    busy.textContent = control.signal.aborted ? "Arrêté : rien n’est téléchargé."
      : error instanceof TypeError ? "Le service ne répond pas : réessayer dans un instant."
      : error.message;
  } finally {
    delete busy.dataset.sent;
  }
});
