// Checks a copy of a letter against what was published. The copy stays here: only the published list is fetched.
import { compare } from "./verify-list.js";
import { table } from "./verify-table.js";

const form = document.querySelector("[data-check]");
const result = document.querySelector("[data-result]");
const files = [...document.querySelectorAll("[data-sha256]")].map((row) => row.dataset);
const LARGEST = 50e6; // bytes
const SHOWN = 200; // differences

const say = (key, values = {}) =>
  Object.entries(values).reduce(
    (words, [name, value]) => words.replaceAll(`{${name}}`, () => value),
    document.querySelector(`template[data-say="${key}"]`).content.textContent,
  );

function element(name, words, className) {
  const made = document.createElement(name);
  made.textContent = words;
  if (className) made.className = className;
  made.dir = "auto";
  return made;
}

function tell(name, verdict, { look = "", more = [], list = [] } = {}) {
  const told = document.createElement("div");
  told.className = look;
  told.append(element("p", name, "meta"), element("p", verdict, "verdict"), ...more.map((words) => element("p", words)));
  if (list.length) {
    const items = document.createElement("ul");
    items.append(...list);
    told.append(items);
  }
  result.replaceChildren(told);
}

function difference({ row, kind, found, meant, columns }) {
  const item = document.createElement("li");
  if (row) item.append(element("b", say("row", { row })));
  if (kind === "added") item.append(element("p", say("added", { found: found.name })));
  if (kind === "twice") item.append(element("p", say("twice", { found: found.name })));
  if (kind === "missing") item.append(element("p", say("missing", { meant: meant.name })));
  for (const column of columns ?? [])
    item.append(
      element("p", say("changed", { column: say(`column-${column}`), found: found[column], meant: meant[column] })),
    );
  return item;
}

async function published() {
  const answer = await fetch(form.dataset.manifest);
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).rows;
}

async function check(file) {
  tell(file.name, say("reading"));
  if (file.size > LARGEST) return tell(file.name, say("large"), { look: "is-different" });
  if (!crypto.subtle) return tell(file.name, say("insecure"));
  const bytes = new Uint8Array(await file.arrayBuffer());
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const digest = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = files.find((each) => each.sha256 === digest);
  if (same) return tell(file.name, say("exact"), { look: "is-same", more: [same.file] });

  const begins = new TextDecoder("latin1").decode(bytes.subarray(0, 4));
  const isBook = begins === "PK\x03\x04" && !/\.docx$/i.test(file.name);
  if (isBook) return tell(file.name, say("book"));
  if (begins === "%PDF" || begins === "PK\x03\x04") return tell(file.name, say("other"), { look: "is-different" });
  if (!form.dataset.manifest) return tell(file.name, say("no-list"), { look: "is-different" });
  const rows = table(bytes);
  if (!rows) return tell(file.name, say("no-table"), { look: "is-different" });
  let meant;
  try {
    meant = await published();
  } catch {
    return tell(file.name, say("failed"));
  }
  const { differences, absent, extra } = compare(rows, meant);
  const columns = absent.map((column) => say(`column-${column}`)).join(", ");
  const more = columns ? [say("not-compared", { columns })] : [];
  if (extra.length) more.unshift(say("extra", { columns: extra.join(", ") }));
  if (!differences.length) {
    more.push(say("resaved"));
    return tell(file.name, say("same", { rows: meant.length }), { look: extra.length ? "is-partly" : "is-same", more });
  }
  const list = differences.slice(0, SHOWN).map(difference);
  if (differences.length > SHOWN) list.push(element("li", say("more", { number: differences.length - SHOWN })));
  tell(file.name, say("differs", { number: differences.length }), { look: "is-different", more, list });
}

form.hidden = false;
document.querySelector("[data-without]").hidden = true;
const input = form.querySelector("input");
input.addEventListener("change", () => input.files[0] && check(input.files[0]));
form.addEventListener("submit", (event) => event.preventDefault());
// Dropped beside the field, a file must not open in place of the page.
for (const name of ["dragover", "drop"])
  addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.toggle("is-over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files[0]) check(event.dataTransfer.files[0]);
  });
addEventListener("dragleave", (event) => event.relatedTarget ?? form.classList.remove("is-over"));
