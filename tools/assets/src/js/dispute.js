// A fact that is not right is disputed in its place: the form of the page of its own, put below the fact.
export function disputeInPlace(page) {
  page.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-dispute]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const isOpen = link.getAttribute("aria-expanded") === "true";
    page.querySelectorAll(".mc-row__form").forEach((place) => place.remove());
    page.querySelectorAll("a[data-dispute]").forEach((one) => one.setAttribute("aria-expanded", "false"));
    if (!isOpen) open(page, link);
  });
}

// Whatever goes wrong, the page of its own is there.
function open(page, link) {
  const request = new XMLHttpRequest();
  request.open("GET", link.href);
  request.responseType = "document";
  request.addEventListener("load", () => {
    const form = request.status === 200 && request.response?.querySelector("form[data-claim]");
    if (form) put(page, link, form);
    else location.assign(link.href);
  });
  request.addEventListener("error", () => location.assign(link.href));
  request.send();
}

function put(page, link, form) {
  const place = page.createElement("dd");
  place.className = "mc-row__form";
  form.action = link.href;
  place.append(page.adoptNode(form));
  link.closest(".mc-row").append(place);
  link.setAttribute("aria-expanded", "true");
  form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
}
