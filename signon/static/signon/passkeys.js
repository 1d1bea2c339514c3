// Passkeys: the one thing about accounts that needs a script. A form with data-passkey="get" or "create" asks the browser for a
// key, by the options in data-options (or at data-options-url), and posts what it answers. Without passkeys its form stays hidden.

const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (listed = []) => listed.map((each) => ({ ...each, id: fromText(each.id) }));

const asked = {
  get: ({ publicKey }) =>
    navigator.credentials.get({
      publicKey: { ...publicKey, challenge: fromText(publicKey.challenge), allowCredentials: withBytes(publicKey.allowCredentials) },
    }),
  create: ({ publicKey }) =>
    navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: fromText(publicKey.challenge),
        user: { ...publicKey.user, id: fromText(publicKey.user.id) },
        excludeCredentials: withBytes(publicKey.excludeCredentials),
      },
    }),
};

// What the browser answers, as the server reads it (WebAuthn Level 3, "RegistrationResponseJSON", "AuthenticationResponseJSON").
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
const told = (credential) => {
  const response = {};
  for (const part of PARTS) if (credential.response[part]) response[part] = toText(credential.response[part]);
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
};

const options = async (form) => {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The options: ${answer.status}`);
  return (await answer.json()).request_options;
};

const hasPasskeys = Boolean(window.PublicKeyCredential) && !/^\d+(\.\d+){3}$|:/.test(location.hostname);

for (const here of document.querySelectorAll("[data-passkey-here]")) here.hidden = !hasPasskeys;
for (const away of document.querySelectorAll("[data-passkey-away]")) away.hidden = hasPasskeys;
for (const form of hasPasskeys ? document.querySelectorAll("form[data-passkey]") : []) {
  const fault = form.querySelector("[data-passkey-fault]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fault.hidden = true;
    try {
      const credential = await asked[form.dataset.passkey](await options(form));
      form.elements.credential.value = JSON.stringify(told(credential));
    } catch {
      fault.hidden = false;
      return;
    }
    form.submit();
  });
}
