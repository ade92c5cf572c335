// While files go out, a line says so and how much; what is too much for one form is told before it is sent.
export function tellUploads(page) {
  const form = page.querySelector("form[data-uploads]");
  const line = form?.querySelector("[data-upload-line]");
  if (!line) return;
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((field) => [...field.files]);
    const total = files.reduce((sum, file) => sum + file.size, 0);
    if (total > Number(form.dataset.mostBytes)) {
      event.preventDefault();
      event.stopPropagation();
      line.textContent = form.dataset.tooMuch;
      line.scrollIntoView({ block: "center" });
    } else if (files.length) {
      line.textContent = `${form.dataset.sending} (${files.length} · ${(total / 1e6).toLocaleString(page.documentElement.lang, { maximumFractionDigits: 1 })} MB)`;
    }
  });
}
