// The order of columns, without a reload for each step. Each arrow is a button of the form, which works without this.

document.querySelector("[data-columns]")?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=up]");
  const before = button?.closest("li").previousElementSibling;
  if (!button) return;
  event.preventDefault();
  button.closest("li").querySelector("input").checked = true;
  before?.before(button.closest("li"));
  button.focus();
});
