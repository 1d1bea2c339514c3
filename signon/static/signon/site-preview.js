// What is typed is shown as readers will see it, a moment after the last key; the server makes it, as it does the page.
// Without this module the Preview button shows the same, and saves nothing.

const WAIT = 400;
const form = document.querySelector("form[data-preview-url]");

for (const column of form.querySelectorAll("[data-text]")) {
  const language = column.dataset.text;
  const shown = document.querySelector(`[data-preview="${language}"]`);
  let timer = 0;
  let asked = null;

  const look = async () => {
    asked?.abort();
    asked = new AbortController();
    shown.classList.add("is-waiting");
    const typed = new FormData();
    typed.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    typed.set("language", language);
    for (const name of ["title", "body"]) typed.set(name, form.elements[`${language}-${name}`].value);
    try {
      const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: typed, signal: asked.signal });
      if (!answer.ok || answer.redirected) return;
      shown.innerHTML = await answer.text();
      shown.classList.remove("is-waiting");
    } catch {
      // The next key asks again; what is typed is still in the form.
    }
  };

  column.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  // It looks by itself.
  column.querySelector("[data-preview-button]").hidden = true;
}
