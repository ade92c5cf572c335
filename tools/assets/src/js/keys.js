// One key for each act of a desk page (data-key), j and k through the rows of its table; never while typing.
export function listenForKeys(page) {
  const hasKeys = page.querySelector("[data-key]");
  const rows = [...page.querySelectorAll("[data-row-link]")];
  if (!hasKeys && !rows.length) return;
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "j" || event.key === "k") return step(page, rows, event.key === "j" ? 1 : -1);
    const target = page.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    act(target);
  });
}

function isTyping(element) {
  return element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
}

function step(page, rows, by) {
  if (!rows.length) return;
  const here = rows.indexOf(page.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, here + by))].focus();
}

function act(target) {
  if (target.tagName === "DETAILS") target.open = !target.open;
  else if (isTyping(target)) target.focus();
  else target.click();
}
