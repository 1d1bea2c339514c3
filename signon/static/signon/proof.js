// Proof of work (ALTCHA's second version), asked for only while very many sign at once. Without it, or when it fails, the
// form goes out all the same, and a person looks at the sign-on.

const PATIENCE = 5000; // milliseconds for the question; solving has no end but the challenge's own

// Ask whether something is to be computed before this form goes out, compute it, and put it into the field `proof`.
export async function prove(form) {
  form.elements.proof.value = "";
  try {
    const answer = await fetch(form.dataset.challenge, { signal: AbortSignal.timeout(PATIENCE) });
    const { challenge } = await answer.json();
    if (challenge) form.elements.proof.value = btoa(JSON.stringify({ challenge, solution: await solve(challenge.parameters) }));
  } catch {
    // No line, no cryptography (http on another machine): held, not lost.
  }
}

async function solve({ nonce, salt, cost, keyLength, keyPrefix }) {
  const [salted, start] = [bytes(salt), bytes(nonce)];
  const password = new Uint8Array(start.length + 4);
  password.set(start);
  const view = new DataView(password.buffer);
  const rounds = { name: "PBKDF2", hash: "SHA-256", salt: salted, iterations: cost };
  for (let counter = 0; ; counter += 1) {
    view.setUint32(start.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derived = hexadecimal(await crypto.subtle.deriveBits(rounds, key, keyLength * 8));
    if (derived.startsWith(keyPrefix)) return { counter, derivedKey: derived };
  }
}

function bytes(text) {
  return Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
}

function hexadecimal(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
