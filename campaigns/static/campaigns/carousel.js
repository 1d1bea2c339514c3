// Adds buttons to a row of photos that scrolls by itself already. It moves only when somebody starts it, and pauses while a
// pointer is over it or something in it has the focus; who asked for less motion is not offered it, and nothing glides.
const less = matchMedia("(prefers-reduced-motion: reduce)");
const SECONDS = 6;

function button(words, name) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `carousel-${name}`;
  made.setAttribute("aria-label", words);
  made.title = words;
  return made;
}

for (const carousel of document.querySelectorAll(".carousel")) {
  const row = carousel.querySelector(".carousel-row");
  const slides = [...row.children];
  if (slides.length < 2) continue;
  const words = carousel.dataset;
  const previous = button(words.previous, "previous");
  const next = button(words.next, "next");
  const play = button(words.play, "play");
  const place = document.createElement("p");
  place.className = "carousel-place meta";
  let shown = 0;
  let timer = 0;
  let isPlaying = false;
  // Each of these alone keeps it still.
  const held = { pointer: false, focus: false, hidden: document.hidden };

  // Where the row begins is its start in either direction of writing.
  const distance = (slide) => Math.abs(
    slide.getBoundingClientRect().left + slide.offsetWidth / 2 - row.getBoundingClientRect().left - row.clientWidth / 2,
  );

  function tell() {
    shown = slides.reduce((best, slide, at) => (distance(slide) < distance(slides[best]) ? at : best), 0);
    const number = new Intl.NumberFormat(document.documentElement.lang);
    place.textContent = words.place
      .replace("{n}", number.format(shown + 1))
      .replace("{of}", number.format(slides.length));
    for (const [end, at] of [[previous, 0], [next, slides.length - 1]]) {
      end.setAttribute("aria-disabled", String(shown === at));
    }
  }

  function go(to) {
    const slide = slides[(to + slides.length) % slides.length];
    const by = slide.getBoundingClientRect().left + slide.offsetWidth / 2
      - row.getBoundingClientRect().left - row.clientWidth / 2;
    row.scrollBy({ left: by, behavior: less.matches ? "instant" : "smooth" });
  }

  function wait() {
    clearInterval(timer);
    if (isPlaying && !less.matches && !Object.values(held).includes(true)) timer = setInterval(() => go(shown + 1), SECONDS * 1000);
  }

  function set(playing) {
    isPlaying = playing;
    carousel.classList.toggle("is-playing", playing);
    // What it says is told while it stands still; while it moves by itself nobody is interrupted.
    place.setAttribute("aria-live", playing ? "off" : "polite");
    play.setAttribute("aria-label", playing ? words.pause : words.play);
    play.title = playing ? words.pause : words.play;
    wait();
  }

  previous.addEventListener("click", () => { if (shown > 0) { set(false); go(shown - 1); } });
  next.addEventListener("click", () => { if (shown < slides.length - 1) { set(false); go(shown + 1); } });
  play.addEventListener("click", () => set(!isPlaying));
  row.addEventListener("keydown", (event) => {
    const forward = getComputedStyle(row).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const step = { ArrowLeft: -1, ArrowRight: -1, [forward]: 1 }[event.key];
    const end = { Home: 0, End: slides.length - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    set(false);
    go(end ?? Math.min(Math.max(shown + step, 0), slides.length - 1));
  });
  const hold = (by, holds) => { held[by] = holds; wait(); };
  carousel.addEventListener("pointerenter", () => hold("pointer", true));
  carousel.addEventListener("pointerleave", () => hold("pointer", false));
  carousel.addEventListener("focusin", (event) => hold("focus", event.target !== play));
  carousel.addEventListener("focusout", () => hold("focus", false));
  document.addEventListener("visibilitychange", () => hold("hidden", document.hidden));
  less.addEventListener("change", () => { play.hidden = less.matches; set(false); });

  let soon = 0;
  row.addEventListener("scroll", () => { cancelAnimationFrame(soon); soon = requestAnimationFrame(tell); }, { passive: true });
  play.hidden = less.matches;
  const bar = document.createElement("div");
  bar.className = "carousel-bar";
  bar.append(previous, next, place, play);
  // The place is kept for it by the style sheet, so nothing moves when it comes.
  carousel.append(bar);
  set(false);
  tell();
}
