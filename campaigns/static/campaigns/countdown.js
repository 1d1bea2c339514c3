// Says once a minute how long there is, in the words of campaigns/countdown.py; nothing is read aloud by itself.
const page = document.documentElement.lang || "en";
const format = new Intl.RelativeTimeFormat(`${page}-u-nu-latn`, { numeric: "always" });
const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

function until(left) {
  if (left <= 0) return "";
  if (left >= 2 * DAY) return format.format(Math.floor(left / DAY), "day");
  if (left >= 2 * HOUR) return format.format(Math.floor(left / HOUR), "hour");
  return format.format(Math.max(Math.floor(left / MINUTE), 1), "minute");
}

function say() {
  for (const element of document.querySelectorAll("[data-until]")) {
    const words = until(new Date(element.dataset.until) - Date.now());
    element.hidden = !words;
    const said = element.dataset.words.replace("{in}", words);
    if (element.textContent !== said) element.textContent = said;
  }
}

say();
setInterval(say, MINUTE);
