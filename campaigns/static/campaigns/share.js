// Adds a button that copies the address beside it; without script the address is there to be selected.
for (const place of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "button button-plain";
  button.textContent = place.dataset.copy;
  said.className = "meta";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(place.querySelector(".share-address").textContent.trim());
      said.textContent = place.dataset.copied;
    } catch {
      getSelection().selectAllChildren(place.querySelector(".share-address"));
    }
  });
  place.append(button, said);
}
