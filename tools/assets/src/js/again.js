// A page about work under way looks again after a while, unless somebody is at something on it.
export function lookAgain(page) {
  const place = page.querySelector("[data-look-again]");
  if (!place) return;
  const wait = Number(place.dataset.lookAgain) * 1000;
  const look = () => (isBusy(page) ? setTimeout(look, wait) : location.reload());
  setTimeout(look, wait);
}

function isBusy(page) {
  return page.hidden || page.activeElement?.matches("main *") || !getSelection().isCollapsed;
}
