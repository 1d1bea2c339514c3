// Who leaves a page with something typed and not saved is asked first; also when it came back unsaved.

const unsaved = new Set();

for (const form of document.querySelectorAll("form[data-leaving]")) {
  if ("unsaved" in form.dataset || form.querySelector("[data-unsaved]")) unsaved.add(form);
  form.addEventListener("input", () => unsaved.add(form));
  form.addEventListener("submit", () => unsaved.delete(form));
}

addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
