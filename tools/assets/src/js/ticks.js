// In a list: tick all of this page at once, and see how many are ticked.
export function countTicks(page) {
  const form = page.querySelector("form[data-ticks]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("[data-tick]")];
  const all = form.querySelector("[data-tick-all]");
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    form.querySelector("[data-tick-count]").textContent = ticked;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = all.checked));
    tell();
  });
  form.addEventListener("change", tell);
  addEventListener("pageshow", tell);
  form.querySelector("[data-tick-line]").hidden = false;
  tell();
}
