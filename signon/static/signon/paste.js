// The place where a text from Word, Google Docs or the web is pasted: its HTML goes to the server in a hidden field.
// Without this module the text area takes plain text, and a file keeps what it holds.

for (const area of document.querySelectorAll("textarea[data-paste]")) {
  const form = area.form;
  const hidden = form.elements.html;
  const zone = document.createElement("div");
  zone.className = "paste";
  zone.contentEditable = "true";
  zone.setAttribute("role", "textbox");
  zone.setAttribute("aria-multiline", "true");
  zone.setAttribute("aria-label", form.dataset.pasteLabel);
  if (area.getAttribute("aria-describedby")) zone.setAttribute("aria-describedby", area.getAttribute("aria-describedby"));
  const said = document.createElement("p");
  said.className = "hint";
  said.setAttribute("role", "status");
  const plain = document.createElement("button");
  plain.type = "button";
  plain.className = "button-quiet";
  plain.textContent = form.dataset.pastePlain;

  const show = (text) => {
    // What is shown is only a look at it: its words, without its styles. The server reads what was pasted.
    zone.replaceChildren(...text.split(/\n{2,}/).map((words) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = words;
      return paragraph;
    }));
  };
  zone.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    const text = event.clipboardData.getData("text/plain");
    event.preventDefault();
    hidden.value = html;
    area.value = html ? "" : text;
    show(text);
    said.textContent = html ? form.dataset.pasted : "";
  });
  zone.addEventListener("input", () => {
    // Typed by hand: now the words count as they stand here.
    hidden.value = "";
    said.textContent = "";
    area.value = zone.innerText;
  });
  plain.addEventListener("click", () => {
    zone.remove();
    plain.remove();
    said.remove();
    hidden.value = "";
    area.hidden = false;
    area.focus();
  });
  if (area.value || area.getAttribute("aria-invalid")) show(area.value);
  if (hidden.value && !area.value) {
    const seen = new DOMParser().parseFromString(hidden.value, "text/html");
    for (const tag of seen.querySelectorAll("style, script")) tag.remove();
    show(seen.body.textContent.replace(/[ \t]+/g, " ").trim());
    said.textContent = form.dataset.pasted;
  }
  area.hidden = true;
  area.after(zone, said, plain);
}
