// A form is sent once, and says when something in it is not kept yet.
const WAIT_MS = 8000;

export function sendOnce(page) {
  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    mark(form, true);
    setTimeout(() => release(form), WAIT_MS);
  });
  addEventListener("pageshow", () => page.querySelectorAll("form[data-sent]").forEach(release));
}

function release(form) {
  delete form.dataset.sent;
  mark(form, false);
}

// aria-disabled, not disabled: a disabled button would not be sent with its name.
function mark(form, busy) {
  form.querySelectorAll("button[type=submit]").forEach((button) => {
    if (busy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  });
}

export function tellUnsaved(page) {
  const hint = page.querySelector("[data-saving-hint]");
  hint?.closest("form")?.addEventListener(
    "input",
    () => {
      hint.textContent = hint.dataset.unsaved;
      hint.classList.add("mc-saving-hint--unsaved");
    },
    { once: true },
  );
}

export function offerCopy(page) {
  if (!navigator.clipboard) return;
  page.querySelectorAll("[data-copy-label]").forEach((code) => {
    const button = page.createElement("button");
    button.type = "button";
    button.className = "mc-copy";
    button.textContent = code.dataset.copyLabel;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent.trim());
      button.textContent = code.dataset.copiedLabel;
    });
    code.after(button);
  });
}
