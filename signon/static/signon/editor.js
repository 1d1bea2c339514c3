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
    // What leaving the page would lose: also after an error, when what was typed came back unsaved.
    this.unsaved = "unsaved" in area.closest("[data-column]").dataset;
    this.sent = false;
    this.notes = new Map();
    this.box = document.createElement("div");
    this.box.className = "editor";
    this.box.contentEditable = "true";
    this.box.lang = area.lang;
    this.box.dir = area.dir || "auto";
    this.box.setAttribute("role", "textbox");
    this.box.setAttribute("aria-multiline", "true");
    this.box.setAttribute("aria-label", document.querySelector(`label[for="${area.id}"]`).textContent.trim());
    this.box.append(area.closest(".text-body").querySelector("template").content.cloneNode(true));
    this.turnMarks(this.box);
    this.said = document.createElement("p");
    this.said.className = "hint";
    this.said.setAttribute("role", "status");
    this.tools = this.toolbar();
    this.hint = area.parentElement.querySelector(".hint");
    area.before(this.tools);
    area.after(this.box, this.said);
    this.box.addEventListener("input", () => {
      this.changed = true;
      this.settleNotes();
    });
    this.box.addEventListener("paste", (event) => this.paste(event));
    this.box.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        this.remember();
        this.link();
      }
    });
    // Who reaches a button by keyboard works on what was selected before.
    document.addEventListener("selectionchange", () => this.remember());
    this.form.addEventListener("input", () => { this.unsaved = true; });
    this.form.addEventListener("submit", () => {
      this.sent = true;
      if (this.changed && !this.box.hidden) this.form.elements[area.name.replace(/body$/, "html")].value = this.written();
    });
    this.plain(false);
  }

  toolbar() {
    const bar = document.createElement("div");
    bar.className = "editor-tools";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", this.box.getAttribute("aria-label"));
    for (const name of [...TOOLS, "plain"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.tool = name;
      button.textContent = this.words[`words${name[0].toUpperCase()}${name.slice(1)}`];
      // The selection stays where it is.
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => {
        this.remember();
        this[name]();
      });
      bar.append(button);
    }
    return bar;
  }

  // A space that was typed beside a link, a mark or bold words comes as one that breaks no line; a French ":" keeps its own.
  written() {
    return this.box.innerHTML
      .replace(/(<\/(?:a|b|i|em|strong|sup)>)&nbsp;(?=[^\s:;!?»%–—])/g, "$1 ")
      .replace(/([^\s«>])&nbsp;(?=<(?:a|b|i|em|strong)\b)/g, "$1 ");
  }

  remember() {
    const chosen = document.getSelection();
    if (chosen.rangeCount && this.box.contains(chosen.anchorNode)) this.range = chosen.getRangeAt(0).cloneRange();
  }

  // Back to where somebody wrote last; to the end, where nobody did.
  goBack() {
    this.box.focus();
    const chosen = document.getSelection();
    const range = this.range ?? document.createRange();
    if (!this.range) {
      range.selectNodeContents(this.box);
      range.collapse(false);
    }
    chosen.removeAllRanges();
    chosen.addRange(range);
    return range;
  }

  // Everything goes through the browser's own commands, so that it can be undone.
  act(name, value) {
    this.goBack();
    run("styleWithCSS", "false");
    run(name, value);
    this.changed = this.unsaved = true;
  }

  around(selector) {
    const here = this.goBack().startContainer;
    return (here.closest ? here : here.parentElement).closest(selector);
  }

  heading() { this.act("formatBlock", this.around("h2, h3") ? "<p>" : "<h2>"); }
  bold() { this.act("bold"); }
  italic() { this.act("italic"); }
  numbers() { this.act("insertOrderedList"); }
  points() { this.act("insertUnorderedList"); }

  link() {
    const there = this.around("a");
    let address = window.prompt(this.words.wordsAskLink, there?.getAttribute("href") ?? "https://");
    if (address === null || address === "https://") return this.goBack();
    if (there) {
      this.range = document.createRange();
      this.range.selectNodeContents(there);
    }
    if (!address.trim()) return this.act("unlink");
    address = /^([a-z][a-z0-9+.-]*:|#|\/)/i.test(address.trim()) ? address.trim() : `https://${address.trim()}`;
    if (this.range && !this.range.collapsed) return this.act("createLink", address);
    this.writeLink(address, address);
  }

  // By commands that make no inline style, which the page's policy refuses and without which marks are lost.
  writeLink(words, address, isMark = false) {
    this.act("insertText", words);
    const chosen = document.getSelection();
    const [node, end] = [chosen.anchorNode, chosen.anchorOffset];
    chosen.setBaseAndExtent(node, end - words.length, node, end);
    run("createLink", address);
    if (isMark) run("superscript");
    chosen.collapseToEnd();
    if (document.queryCommandState("superscript")) run("superscript");
  }

  // With the mark inside of its link, not around it, what is written behind it is no part of it.
  turnMarks(root) {
    for (const link of root.querySelectorAll("sup > a[href^='#fn']:only-child")) {
      const mark = link.parentElement;
      mark.replaceWith(link);
      mark.replaceChildren(...link.childNodes);
      link.replaceChildren(mark);
    }
  }

  note() {
    this.goBack();
    const words = window.prompt(this.words.wordsAskNote, "");
    if (!words) return this.goBack();
    const number = this.nextNumber();
    const item = document.createElement("li");
    item.id = `fn${number}`;
    const paragraph = document.createElement("p");
    const back = document.createElement("a");
    back.href = `#fnref${number}`;
    back.textContent = "↩";
    paragraph.append(`${words} `, back);
    item.append(paragraph);
    this.notes.set(number, item);
    this.range.collapse(false);
    this.writeLink(`[${number}]`, `#fn${number}`, true);
    this.settleNotes();
  }

  nextNumber() {
    const numbers = [...this.box.querySelectorAll("a[href^='#fn']")].map((link) => Number(link.hash.match(/\d+/)?.[0] ?? 0));
    return Math.max(0, ...numbers, ...this.notes.keys()) + 1;
  }

  // The footnotes of what is pasted join the others, under numbers that no other has.
  takeNotes(pasted) {
    this.turnMarks(pasted);
    const items = [...pasted.querySelectorAll("section.footnotes > ol > li")];
    const marks = items.map((item) => [...pasted.querySelectorAll(`a[href="#${item.id}"]`)]);
    items.forEach((item, place) => {
      const number = this.nextNumber();
      for (const link of marks[place]) {
        link.setAttribute("href", `#fn${number}`);
        link.removeAttribute("id");
        link.querySelector("sup").textContent = `[${number}]`;
      }
      item.id = `fn${number}`;
      item.querySelector("a[href^='#fnref']")?.setAttribute("href", `#fnref${number}`);
      this.notes.set(number, item);
    });
    for (const rest of pasted.querySelectorAll("section.footnotes, hr.footnotes-sep")) rest.remove();
  }

  // A footnote that was made here goes with its mark, when that is undone or deleted, and comes back with it.
  settleNotes() {
    for (const [number, item] of this.notes) {
      const isMarked = Boolean(this.box.querySelector(`a[href="#fn${number}"] sup`));
      if (isMarked && !this.box.contains(item)) this.listOfNotes().append(item);
      if (!isMarked) item.remove();
    }
  }

  listOfNotes() {
    let list = this.box.querySelector("section.footnotes ol");
    if (!list) {
      const section = document.createElement("section");
      section.className = "footnotes";
      section.append(list = document.createElement("ol"));
      this.box.append(section);
    }
    return list;
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
    const text = event.clipboardData.getData("text/plain");
    event.preventDefault();
    if (!html) return this.act("insertText", text);
    const asked = new FormData();
    asked.set("html", html);
    asked.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    this.remember();
    const range = this.range;
    try {
      const answer = await fetch(this.words.pasteUrl, { method: "POST", body: asked });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      const seen = document.createElement("template");
      seen.innerHTML = found.html;
      this.takeNotes(seen.content);
      const notes = this.box.querySelector("section.footnotes");
      if (range && seen.content.childElementCount > 1 && notes?.contains(range.startContainer)) {
        // A text does not go into a footnote: it goes on a line before them.
        const line = document.createElement("p");
        line.append(document.createElement("br"));
        notes.before(line);
        range.selectNodeContents(line);
      }
      this.range = range;
      this.act("insertHTML", seen.innerHTML);
      this.settleNotes();
      this.said.textContent = found.lost.join(" ");
    } catch {
      this.range = range;
      this.act("insertText", text);
    }
  }
}

document.execCommand("defaultParagraphSeparator", false, "p");
const editors = [...document.querySelectorAll("textarea[data-editor]")].map((area) => new Editor(area));
// Each language is saved by itself; what is typed in another is sent along and comes back. Who leaves is asked.
window.addEventListener("beforeunload", (event) => {
  if (editors.some((editor) => editor.unsaved && !editor.sent)) event.preventDefault();
  for (const editor of editors) editor.sent = false;
});
