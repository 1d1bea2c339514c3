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
    zone.replaceChildren(...text.split(/\n{2,}/).map((words) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = words;
      return paragraph;
    }));
  };
  // What is shown is what the server reads in it; if it does not answer, the words alone.
  const look = async (html, text) => {
    show(text);
    said.textContent = form.dataset.pasted;
    const asked = new FormData();
    asked.set("html", html);
    asked.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    try {
      const answer = await fetch(form.dataset.pasteUrl, { method: "POST", body: asked });
      if (!answer.ok) return;
      const found = await answer.json();
      if (hidden.value !== html) return;
      zone.innerHTML = found.html;
      said.textContent = [form.dataset.pasted, ...found.lost].join(" ");
    } catch {
      // The form sends it all the same.
    }
  };
  zone.addEventListener("paste", (event) => {
    // Pictures are left out anyhow: what they hold is not sent.
    const html = event.clipboardData.getData("text/html").replace(/src=(["'])data:.*?\1/gs, "");
    const text = event.clipboardData.getData("text/plain");
    event.preventDefault();
    hidden.value = html;
    area.value = html ? "" : text;
    if (html) return look(html, text);
    show(text);
    said.textContent = "";
  });
  zone.addEventListener("input", () => {
    // Typed by hand: now what stands here counts.
    hidden.value = zone.innerHTML;
    said.textContent = "";
    area.value = "";
  });
  plain.addEventListener("click", () => {
    if (!area.value) area.value = zone.innerText;
    zone.remove();
    plain.remove();
    said.remove();
    hidden.value = "";
    area.hidden = false;
    area.focus();
  });
  if (hidden.value) look(hidden.value, "");
  else if (area.value) show(area.value);
  area.hidden = true;
  area.after(zone, said, plain);
}
