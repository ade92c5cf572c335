// One key for each act of a desk page (data-key), j and k through the rows of its table, x ticks one; never while typing.
export function listenForKeys(page) {
  const hasKeys = page.querySelector("[data-key]");
  const rows = [...page.querySelectorAll("[data-row-link]")];
  if (!hasKeys && !rows.length) return;
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "j" || event.key === "k") return step(page, rows, event.key === "j" ? 1 : -1);
    if (event.key === "x" && tick(page)) return;
    const target = page.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    act(target);
  });
}

function isTyping(element) {
  if (element.matches?.("[data-tick]")) return false;
  return element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
}

function step(page, rows, by) {
  if (!rows.length) return;
  const row = page.activeElement.closest("tr");
  const here = rows.findIndex((link) => link === page.activeElement || (row && link.closest("tr") === row));
  rows[Math.min(rows.length - 1, Math.max(0, here + by))].focus();
}

function act(target) {
  if (target.tagName === "DETAILS") target.open = !target.open;
  else if (isTyping(target)) target.focus();
  else target.click();
}

function tick(page) {
  const box = page.activeElement.closest("tr")?.querySelector("[data-tick]");
  box?.click();
  return Boolean(box);
}
