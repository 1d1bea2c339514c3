// The desk by keyboard. Everything here is a button, a link or a summary on the page, which work without it.

const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll("[data-cases] .case-row .name")];

function step(by) {
  const names = rows();
  if (!names.length) {
    document.querySelector(`[data-key="${by > 0 ? "j" : "k"}"]`)?.click();
    return;
  }
  const row = document.activeElement?.closest(".case-row");
  const at = row ? names.findIndex((name) => row.contains(name)) : by > 0 ? -1 : names.length;
  names[Math.min(Math.max(at + by, 0), names.length - 1)].focus();
}

// A form is sent, a details element opens with the cursor in its first field.
function act(key) {
  const target = document.querySelector(`form[data-key="${key}"], details[data-key="${key}"]`);
  if (!target) return;
  if (target.tagName === "FORM") {
    if (!target.dataset.sent) target.requestSubmit();
    return;
  }
  target.open = true;
  target.querySelector("input:not([type=hidden]), textarea, select")?.focus();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement?.closest(".case-row")?.querySelector("input[type=checkbox]")?.click(),
  a: () => act("a"),
  d: () => act("d"),
  q: () => act("q"),
  n: () => act("n"),
  u: () => document.querySelector("form[data-undo]")?.requestSubmit(),
  "?": () => {
    const help = document.querySelector("[data-keys]");
    if (!help) return;
    help.open = !help.open;
    help.querySelector("summary").focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    event.target.closest("details[open]")?.removeAttribute("open");
    document.activeElement?.blur();
    return;
  }
  if (typing(event.target) || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

// What stands beside "Accept" follows what is chosen below it.
document.addEventListener("change", (event) => {
  if (event.target.type !== "radio") return;
  event.target.form?.querySelectorAll("[data-becomes]").forEach((each) => {
    each.hidden = each.dataset.becomes !== event.target.value;
  });
});

// Pressed twice, a decision is sent once. A radio button's Enter sends its form, as a text field's does.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// What moves by itself is looked at again; without this, by the browser's own button.
const moving = document.querySelector("[data-refresh]");
if (moving) setTimeout(() => location.reload(), Number(moving.dataset.refresh) * 1000);
