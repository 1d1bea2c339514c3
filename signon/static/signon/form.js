// The forms to sign and to register work without this. Here: one sign-on for a double click, and countries found by typing.
// Nothing that is typed is kept in the browser: people at risk share phones.

import { prove } from "./proof.js";

const form = document.getElementById("sign-on-form");
if (form) {
  guardDoubleSubmit(form);
  carryToOtherLanguages(form);
  const select = form.querySelector('select[name="country"]');
  if (select) searchableCountry(select, form.dataset);
}
const registration = document.getElementById("registration-form");
if (registration) guardDoubleSubmit(registration);

// A second submit within a few seconds is a double click. After that, or when the page comes back, it is a retry and passes.
function guardDoubleSubmit(form) {
  const button = form.querySelector('button[type="submit"]');
  const status = form.querySelector("[data-form-status]");
  const words = button.textContent;
  let busy = false;

  function free() {
    busy = false;
    button.removeAttribute("aria-disabled");
    button.textContent = words;
    status.textContent = "";
  }

  form.addEventListener("submit", async (event) => {
    if (busy) return event.preventDefault();
    busy = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = status.textContent = form.dataset.sending;
    if (form.dataset.challenge) {
      event.preventDefault();
      await prove(form);
      form.submit();
    }
    setTimeout(free, 5000);
  });
  addEventListener("pageshow", (event) => event.persisted && free());
}

// The links to the other languages post what stands in the form, so that its page there holds it: nothing is signed by it.
function carryToOtherLanguages(form) {
  if (!form.dataset.challenge) return; // under a personal link a post signs
  // What the page came with was typed before, where it is the answer to a post: a mistake, a correction, another language.
  const untouched = "filled" in form.dataset ? "" : JSON.stringify([...new FormData(form)]);
  for (const link of document.querySelectorAll("[data-languages] a[hreflang]")) {
    link.addEventListener("click", (event) => {
      const typed = [...new FormData(form)];
      if (event.ctrlKey || event.metaKey || event.shiftKey || JSON.stringify(typed) === untouched) return;
      event.preventDefault();
      const action = link.pathname.endsWith("/sign/") ? link.href : new URL(`sign/${link.search}`, link.href);
      const carry = document.createElement("form");
      Object.assign(carry, { method: "post", action, hidden: true });
      for (const [name, value] of [...typed, ["carry", "1"]]) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        carry.append(field);
      }
      document.body.append(carry);
      carry.submit();
    });
  }
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

// The select stays the element that is submitted; the combobox (ARIA 1.2, list with manual choice) only sets it.
function searchableCountry(select, words) {
  const countries = Array.from(select.options, (option) => ({
    value: option.value,
    name: option.textContent.trim(),
    others: (option.dataset.otherNames ?? "").split("|").filter(Boolean),
  }));
  for (const country of countries) country.keys = [country.name, ...country.others].map((name) => ` ${fold(name)}`);

  const combo = document.createElement("div");
  combo.className = "combo";
  const input = document.createElement("input");
  Object.assign(input, { type: "text", id: `${select.id}_search`, autocomplete: "off", spellcheck: false });
  const list = document.createElement("ul");
  Object.assign(list, { id: `${select.id}_list`, className: "combo-list", hidden: true });
  const opener = document.createElement("button");
  Object.assign(opener, { type: "button", className: "combo-open", tabIndex: -1, ariaLabel: words.countryOpen });
  const status = document.createElement("p");
  status.className = "visually-hidden";
  const label = form.querySelector(`label[for="${select.id}"]`);
  label.id ||= `${select.id}_label`;
  label.htmlFor = input.id;

  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    if (select.hasAttribute(name)) attributes[name] = select.getAttribute(name);
  }
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-labelledby", label.id);
  status.setAttribute("role", "status");
  select.before(combo);
  combo.append(input, opener, list, status);
  select.classList.add("visually-hidden");
  select.tabIndex = -1;
  select.setAttribute("aria-hidden", "true");

  let shown = [];
  let active = -1;

  const chosenName = () => select.selectedOptions[0]?.textContent.trim() ?? "";
  const writeChosen = () => { input.value = chosenName(); };

  function matches(text) {
    const typed = fold(text);
    if (!typed) return countries;
    const found = countries.filter((country) => country.keys.some((key) => key.includes(` ${typed}`)));
    return found.sort((a, b) => b.keys[0].startsWith(` ${typed}`) - a.keys[0].startsWith(` ${typed}`));
  }

  function mark(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    if (option && shown[active]) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function open(text) {
    shown = matches(text);
    const typed = fold(text);
    list.replaceChildren(...shown.map((country, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}_${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = country.name;
      const other = typed && !country.keys[0].includes(` ${typed}`)
        && country.others.find((name) => ` ${fold(name)}`.includes(` ${typed}`));
      if (other) {
        const small = document.createElement("small");
        small.textContent = ` (${other})`;
        item.append(small);
      }
      return item;
    }));
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = shown.length ? `${words.countryResults} ${shown.length}` : words.countryNone;
    const chosen = typed ? 0 : shown.findIndex((country) => country.value === select.value);
    mark(shown.length ? Math.max(chosen, 0) : -1);
  }

  function close() {
    list.hidden = true;
    mark(-1);
    input.setAttribute("aria-expanded", "false");
    status.textContent = "";
  }

  function choose(country) {
    if (country && country.value !== select.value) {
      select.value = country.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    writeChosen();
    close();
  }

  // Leaving with the whole name typed chooses it; leaving with anything else keeps what was chosen before.
  function leave() {
    const typed = ` ${fold(input.value)}`;
    choose(countries.find((country) => country.keys.includes(typed)));
  }

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => list.hidden && open(""));
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("blur", leave);
  input.addEventListener("keydown", (event) => {
    const closed = list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (closed) return open("");
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((active + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && !closed) {
      event.preventDefault();
      choose(shown[active]);
    } else if (event.key === "Escape" && !(closed && input.value === chosenName())) {
      event.preventDefault();
      choose(undefined);
    } else if (event.key === "Tab" && !closed && fold(input.value) !== fold(chosenName())) {
      choose(shown[active]);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) choose(shown[Array.from(list.children).indexOf(item)]);
  });
  opener.addEventListener("mousedown", (event) => event.preventDefault());
  opener.addEventListener("click", () => {
    input.focus();
    if (list.hidden) open("");
    else close();
  });
  // The error summary links to the select, tests and autofill set it: both reach the visible field.
  select.addEventListener("focus", () => input.focus());
  select.addEventListener("change", writeChosen);
  form.addEventListener("reset", () => setTimeout(writeChosen));
  addEventListener("pageshow", writeChosen);
  writeChosen();
}
