// Adds the reader's own time to moments that the server wrote in the statement's time zone.
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const page = document.documentElement.lang || "en";
const language = page === "en" ? "en-GB" : page; // day before month, as the server writes it

function wall(moment, zone) {
  return new Intl.DateTimeFormat("en", { dateStyle: "short", timeStyle: "short", timeZone: zone }).format(moment);
}

for (const element of document.querySelectorAll("time[data-zone]")) {
  const moment = new Date(element.dateTime);
  try {
    if (!here || Number.isNaN(moment.valueOf()) || wall(moment, element.dataset.zone) === wall(moment, here)) continue;
    const format = { timeZone: here, day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const local = document.createElement("span");
    local.className = "moment-here";
    const words = document.body.dataset.yourTime ?? "{time}";
    local.textContent = words.replace("{time}", new Intl.DateTimeFormat(language, format).format(moment));
    element.append(" ", local);
  } catch {
    // A zone that this browser does not know: the server's words stand.
  }
}
