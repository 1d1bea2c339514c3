// Reads a CSV file as spreadsheets save it: commas, semicolons or tabs, any line ends, with or without BOM.

function text(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes); // Excel, when it saves “CSV” without more
  }
}

function cells(words, separator) {
  const rows = [];
  let row = [], cell = "", isQuoted = false;
  const endCell = () => { row.push(cell); cell = ""; };
  const endRow = () => { endCell(); rows.push(row); row = []; };
  for (let at = 0; at < words.length; at += 1) {
    const letter = words[at];
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (words[at + 1] === '"') { cell += '"'; at += 1; }
      else isQuoted = false;
    } else if (letter === '"' && cell === "") isQuoted = true;
    else if (letter === separator) endCell();
    else if (letter === "\n" || letter === "\r") {
      if (letter === "\r" && words[at + 1] === "\n") at += 1;
      endRow();
    } else cell += letter;
  }
  if (cell !== "" || row.length) endRow();
  return rows;
}

// The apostrophe by which a list keeps a spreadsheet from running what begins like a formula is no part of the name.
// Word for word the expression of signon/cells.py; a test holds the two together.
const GUARDED = /^(?:'|[\t\r\n]|[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u200b\u2000-\u200a\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]*[=+@|%\u2212\ufe62\ufe63\ufe66\ufe6a\ufe6b\uff05\uff0b\uff0d\uff1d\uff20\uff5c-])/;
const meant = (cell) => (cell[0] === "'" && GUARDED.test(cell.slice(1)) ? cell.slice(1) : cell);

// One object a row, by the names in the first line, and where it stands in the file; null where there is no list.
export function table(bytes) {
  const words = text(bytes).replace(/^\uFEFF/, "").replace(/^sep=.[\r\n]+/i, "");
  for (const separator of [",", ";", "\t"]) {
    const [header, ...rows] = cells(words, separator);
    const names = (header ?? []).map((name) => name.trim().toLowerCase());
    if (!names.includes("name")) continue;
    return rows
      .map((row, at) => ({ at: at + 1, ...Object.fromEntries(names.map((name, place) => [name, meant(row[place] ?? "")])) }))
      .filter((row) => names.some((name) => row[name].trim() !== ""));
  }
  return null;
}
