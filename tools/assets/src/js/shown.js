// A question that another answer calls for appears at once: the server says which, the browser only puts it in its place.
export function showWhatIsCalledFor(page) {
  const form = page.querySelector("form[data-shown-by]");
  if (!form) return;
  const decisive = form.dataset.shownBy.split(" ");
  let asking;
  form.addEventListener("change", (event) => {
    const name = event.target.name ?? "";
    if (!decisive.some((one) => name === one || name.startsWith(`${one}.`))) return;
    asking?.abort();
    asking = ask(form);
  });
}

// Without an answer nothing happens: the form's own button brings the question all the same.
function ask(form) {
  const request = new XMLHttpRequest();
  request.open("POST", location.href);
  request.responseType = "document";
  request.addEventListener("load", () => {
    if (request.status === 200 && request.response) show(form, request.response);
  });
  request.send(typed(form));
  return request;
}

function typed(form) {
  const words = [...new FormData(form)].filter((pair) => typeof pair[1] === "string");
  return new URLSearchParams([...words, ["show", "1"]]);
}

// What stays is not touched, so that nothing typed meanwhile is lost and the focus stays where it is.
function show(form, drawn) {
  const now = form.querySelector("[data-questions]");
  const then = drawn.querySelector("[data-questions]");
  if (!now || !then) return;
  const standing = new Map([...now.children].map((field) => [nameOf(field), field]));
  const wanted = new Set();
  let next = now.firstElementChild;
  [...then.children].forEach((field) => {
    const there = standing.get(nameOf(field));
    wanted.add(nameOf(field));
    if (there) next = there.nextElementSibling;
    else now.insertBefore(document.adoptNode(field), next);
  });
  standing.forEach((field, name) => {
    if (!wanted.has(name)) field.remove();
  });
  form.querySelector("[data-seen]").value = drawn.querySelector("[data-seen]").value;
}

function nameOf(field) {
  return field.querySelector("[name]")?.name ?? "";
}
