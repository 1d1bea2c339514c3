// Compares a list with the published one, whatever its order: what was changed, put in and left out.

const COLUMNS = ["name", "kind", "type", "country", "country_name", "scope", "later", "convener"];
const plain = (words) => words.normalize("NFC").replace(/\s+/g, " ").trim();

// How much two names have in common, 0 to 1: pairs of letters (Dice).
function likeness(one, other) {
  const pairs = (words) => {
    const letters = [...plain(words).toLowerCase()];
    return letters.slice(1).map((letter, at) => letters[at] + letter);
  };
  const first = pairs(one), second = pairs(other), left = [...second];
  const common = first.filter((pair) => left.includes(pair) && left.splice(left.indexOf(pair), 1));
  return (2 * common.length) / (first.length + second.length || 1);
}

// Rows of `found` come from verify-table.js, those of `meant` from the manifest.
export function compare(found, meant) {
  // Letters that were made before a column was there do not have it.
  const known = COLUMNS.filter((column) => meant.length === 0 || column in meant[0]);
  const present = known.filter((column) => found.length === 0 || column in found[0]);
  const key = (row) => JSON.stringify(present.map((column) => plain(row[column] ?? "")));
  const waiting = new Map();
  meant.forEach((row, at) => {
    if (!waiting.has(key(row))) waiting.set(key(row), []);
    waiting.get(key(row)).push(at);
  });
  const strange = found.filter((row) => waiting.get(key(row))?.shift() === undefined);
  const left = new Set([...waiting.values()].flat());
  const isFew = strange.length * left.size < 250_000; // else every name would be held against every other for minutes
  const published = new Set(meant.map((row) => plain(row.name)));
  const differing = (row, at) => present.filter((column) => plain(row[column]) !== plain(meant[at][column]));

  const differences = strange.map((row) => {
    // The row of the same number, if it is missing too and has something in common; else the likeliest.
    const scores = [...left].map((at) => {
      const isThere = at === Number(row.number) - 1;
      if (!isThere && !isFew) return [0, at];
      const alike = Math.max(likeness(row.name, meant[at].name), differing(row, at).length < 3 && isThere ? 0.5 : 0);
      return [alike + (isThere ? 0.2 : 0), at];
    });
    const [score, at] = scores.reduce((best, each) => (each[0] > best[0] ? each : best), [0, -1]);
    const number = row.number || row.at;
    if (score < 0.45) return { row: number, kind: published.has(plain(row.name)) ? "twice" : "added", found: row };
    left.delete(at);
    return { row: number, kind: "changed", found: row, meant: meant[at], columns: differing(row, at) };
  });
  for (const at of left) differences.push({ row: at + 1, kind: "missing", meant: meant[at] });
  // The file's own numbers say where a row stood; whatever else it has was never published.
  const extra = Object.keys(found[0] ?? {}).filter((column) => column && !["at", "number", ...known].includes(column));
  return { differences, absent: known.filter((column) => !present.includes(column)), extra };
}
