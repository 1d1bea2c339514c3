// A text is written as it will be read; the server makes Markdown of it, as it does of what is pasted.
// Nothing is sent unless somebody wrote here: a text that was only looked at is saved as it stands in the text area.

const TOOLS = ["heading", "bold", "italic", "numbers", "points", "link", "note"];

const run = (name, value = null) => document.execCommand(name, false, value);

class Editor {
  constructor(area) {
    this.area = area;
    this.form = area.form;
    this.words = this.form.dataset;
    this.changed = false;
    this.box = document.createElement("div");
    this.box.className = "editor";
    this.box.contentEditable = "true";
    this.box.lang = area.lang;
    this.box.dir = "auto";
    this.box.setAttribute("role", "textbox");
    this.box.setAttribute("aria-multiline", "true");
    this.box.setAttribute("aria-label", document.querySelector(`label[for="${area.id}"]`).textContent.trim());
    this.box.append(area.closest(".text-body").querySelector("template").content.cloneNode(true));
    this.said = document.createElement("p");
    this.said.className = "hint";
    this.said.setAttribute("role", "status");
    this.tools = this.toolbar();
    this.hint = area.parentElement.querySelector(".hint");
    area.before(this.tools);
    area.after(this.box, this.said);
    this.box.addEventListener("input", () => { this.changed = true; });
    this.box.addEventListener("paste", (event) => this.paste(event));
    this.form.addEventListener("submit", () => {
      if (this.changed && !this.box.hidden) this.form.elements.html.value = this.box.innerHTML;
    });
    this.plain(false);
  }

  toolbar() {
    const bar = document.createElement("div");
    bar.className = "editor-tools";
    bar.setAttribute("role", "group");
    for (const name of [...TOOLS, "plain"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.tool = name;
      button.textContent = this.words[`words${name[0].toUpperCase()}${name.slice(1)}`];
      // The selection stays where it is.
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => this[name]());
      bar.append(button);
    }
    return bar;
  }

  act(name, value) {
    this.box.focus();
    run("styleWithCSS", "false");
    run(name, value);
    this.changed = true;
  }

  heading() {
    const here = document.getSelection().anchorNode;
    const holder = here && (here.closest ? here : here.parentElement);
    this.act("formatBlock", holder?.closest("h2, h3") ? "<p>" : "<h2>");
  }
  bold() { this.act("bold"); }
  italic() { this.act("italic"); }
  numbers() { this.act("insertOrderedList"); }
  points() { this.act("insertUnorderedList"); }
  link() {
    const address = window.prompt(this.words.wordsAskLink, "https://");
    if (address && address !== "https://") this.act("createLink", address);
  }

  note() {
    const chosen = document.getSelection();
    if (!chosen.rangeCount || !this.box.contains(chosen.anchorNode)) return this.box.focus();
    const place = chosen.getRangeAt(0);
    const words = window.prompt(this.words.wordsAskNote, "");
    if (!words) return;
    const numbers = [...this.box.querySelectorAll("a[href^='#fn']")].map((link) => Number(link.hash.match(/\d+/)?.[0] ?? 0));
    const number = Math.max(0, ...numbers) + 1;
    const mark = document.createElement("sup");
    mark.className = "footnote-ref";
    mark.innerHTML = `<a href="#fn${number}">[${number}]</a>`;
    place.collapse(false);
    place.insertNode(mark);
    let list = this.box.querySelector("section.footnotes ol");
    if (!list) {
      const section = document.createElement("section");
      section.className = "footnotes";
      section.append(list = document.createElement("ol"));
      this.box.append(section);
    }
    const item = document.createElement("li");
    item.id = `fn${number}`;
    const paragraph = document.createElement("p");
    const back = document.createElement("a");
    back.href = `#fnref${number}`;
    back.textContent = "↩";
    paragraph.append(`${words} `, back);
    item.append(paragraph);
    list.append(item);
    this.changed = true;
  }

  plain(asked = true) {
    if (asked && this.changed) {
      this.said.textContent = this.words.wordsUnsaved;
      return;
    }
    const toPlain = asked && !this.box.hidden;
    this.box.hidden = toPlain;
    this.area.hidden = !toPlain;
    if (this.hint) this.hint.hidden = !toPlain;
    for (const button of this.tools.children) {
      if (button.dataset.tool !== "plain") button.hidden = toPlain;
      else button.setAttribute("aria-pressed", String(toPlain));
    }
    if (asked) (toPlain ? this.area : this.box).focus();
  }

  // The clipboard's HTML goes through the server, which keeps what Markdown can hold and says what it dropped.
  async paste(event) {
    // Pictures are left out anyhow: what they hold is not sent.
    const html = event.clipboardData.getData("text/html").replace(/src=(["'])data:.*?\1/gs, "");
    event.preventDefault();
    if (!html) return this.act("insertText", event.clipboardData.getData("text/plain"));
    const asked = new FormData();
    asked.set("html", html);
    asked.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    const range = document.getSelection().getRangeAt(0);
    try {
      const answer = await fetch(this.words.pasteUrl, { method: "POST", body: asked });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      const seen = document.createElement("template");
      seen.innerHTML = found.html;
      range.deleteContents();
      range.insertNode(seen.content);
      this.said.textContent = found.lost.join(" ");
    } catch {
      this.act("insertText", event.clipboardData.getData("text/plain"));
    }
    this.changed = true;
  }
}

for (const area of document.querySelectorAll("textarea[data-editor]")) new Editor(area);
