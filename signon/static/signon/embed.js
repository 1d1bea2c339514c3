// For pages of other sites: makes a frame where the script stands, as high as what is in it. See docs/api.md.
//   <script async src="…/static/signon/embed.js" data-statement="its-short-name" data-show="count"></script>
(() => {
  const script = document.currentScript;
  const { statement, title, ...asked } = script.dataset;
  const { origin } = new URL(script.src);
  const address = new URL(`/embed/statements/${encodeURIComponent(statement)}/`, origin);
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title || statement;
  frame.referrerPolicy = "no-referrer";
  frame.loading = "lazy";
  Object.assign(frame.style, { border: "0", inlineSize: "100%", blockSize: "12rem" });

  addEventListener("message", ({ origin: from, source, data }) => {
    const isOurs = from === origin && source === frame.contentWindow && data?.undersigned === "height";
    if (isOurs && data.height > 0) frame.style.blockSize = `${Math.min(data.height, 20_000)}px`;
  });
  script.after(frame);
})();
