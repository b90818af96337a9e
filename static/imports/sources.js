// Fields that belong to one form of source stand there with it; a page of a fetch that runs follows it.
(() => {
  "use strict";
  const belongs = { list: ["selector"], table: ["path", "period", "value", "note", "series", "read"] };
  const form = document.querySelector("#content-form select[name=form]");
  const show = () => {
    for (const [kind, names] of Object.entries(belongs)) {
      for (const name of names) {
        const row = document.querySelector(`#content-form .field-${name}`);
        if (row) row.hidden = form.value !== kind && !row.querySelector(".errorlist");
      }
    }
  };
  if (form) {
    form.addEventListener("change", show);
    show();
  }

  const progress = document.querySelector("[data-progress]");
  const ask = async () => {
    try {
      const answer = await fetch(progress.dataset.progress, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      const bar = progress.querySelector("progress");
      if (!told.waiting || told.running !== Boolean(bar)) {
        // What is being typed is worth more than news.
        if (!document.querySelector("#content-form.touched")) window.location.reload();
        return;
      }
      if (bar && told.found) {
        progress.querySelector("[data-done]").textContent = told.done;
        progress.querySelector("[data-found]").textContent = told.found;
        bar.max = told.found;
        bar.value = told.done;
      }
    } catch {
      // A server that does not answer just now is asked again.
    }
    window.setTimeout(ask, 2000);
  };
  const content = document.querySelector("#content-form");
  if (content) {
    let sending = false;
    content.addEventListener("input", () => content.classList.add("touched"));
    content.addEventListener("submit", (event) => {
      if (sending) event.preventDefault();
      sending = true;
    });
    window.addEventListener("pageshow", () => { sending = false; });
    window.addEventListener("beforeunload", (event) => {
      if (content.classList.contains("touched") && !sending) event.preventDefault();
    });
  }
  if (progress && !document.querySelector(".trial, .errornote")) window.setTimeout(ask, 2000);
})();
