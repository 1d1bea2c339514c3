// What is typed is shown as readers will see it, a moment after the last key; the server makes it, as it does the page.
// Without this module the Preview button shows the same, and saves nothing.

const WAIT = 400;
const forms = [...document.querySelectorAll("form[data-preview-url]")];
const unsaved = new Set(forms.filter((form) => "unsaved" in form.dataset));

for (const form of forms) {
  const shown = document.querySelector(`[data-preview="${form.elements.language.value}"]`);
  let timer = 0;
  let asked = null;

  const look = async () => {
    asked?.abort();
    asked = new AbortController();
    shown.classList.add("is-waiting");
    try {
      const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form), signal: asked.signal });
      if (!answer.ok || answer.redirected) return;
      shown.innerHTML = await answer.text();
      shown.classList.remove("is-waiting");
    } catch {
      // The next key asks again; what is typed is still in the form.
    }
  };

  form.addEventListener("input", () => {
    unsaved.add(form);
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  form.addEventListener("submit", () => unsaved.clear());
  // It looks by itself.
  form.querySelector("[data-preview-button]").hidden = true;
}

addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
