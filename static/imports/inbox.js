// Keys for the inbox. Everything that a key does is a link, a button or a field of the page; without this, they are clicked.
"use strict";
(() => {
  const page = document.getElementById("inbox");
  const said = document.getElementById("said");
  const title = document.getElementById("title");
  const draft = document.getElementById("draft");
  const fault = page.querySelector(".errornote");
  let sending = false;
  let typed = draft !== null && "typed" in draft.dataset;

  const say = (text) => { said.textContent = text; };
  const panels = () => [...page.querySelectorAll("details.panel[open], details.keys[open]")];

  const NONE = {
    j: "This is the last one.", k: "This is the first one.", o: "It has no address on the web.",
    t: "No entry is marked. Press x to mark one, or / to search.", m: "No candidate is marked. Press y to mark one.",
    u: "It was neither dismissed nor blocked.",
  };

  // Fields that take text, or choose by letters.
  const typing = (target) => target.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  const close = () => {
    panels().forEach((panel) => { panel.open = false; });
    (title || page).focus();
  };

  const marked = (key) => page.querySelector(`ul[data-mark=${key}] > .marked button`);

  const mark = (key) => {
    const items = [...page.querySelectorAll(`ul[data-mark=${key}] > li`)];
    if (!items.length) return say(key === "t" ? "There is no entry to mark." : "There is no candidate to mark.");
    const next = (items.findIndex((item) => item.classList.contains("marked")) + 1) % items.length;
    items.forEach((item, place) => item.classList.toggle("marked", place === next));
    items[next].scrollIntoView({ block: "nearest" });
    return say(`Marked: ${items[next].querySelector("a").textContent}`);
  };

  const press = (key) => {
    const found = "tm".includes(key) ? marked(key) : page.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!found) return say(NONE[key] || "That cannot be done with this one.");
    if (found.matches("input")) return found.focus();
    if (!found.matches("summary")) return found.click();
    const panel = found.parentElement;
    panels().forEach((other) => { other.open = other === panel && other.open; });
    panel.open = !panel.open;
    const within = panel.querySelector("[data-digit]");
    (panel.open && within ? within : found).focus();
    return undefined;
  };

  const choose = (digit) => {
    const found = page.querySelector(`details.panel[open] [data-digit="${digit}"]`);
    if (found) found.click();
  };

  // Who speaks to the browser, or whose hand slips, may want none of it.
  const keys = document.getElementById("keys-on");
  keys.checked = window.localStorage.getItem("inbox keys") !== "off";
  keys.closest("label").hidden = false;
  keys.addEventListener("change", () => {
    window.localStorage.setItem("inbox keys", keys.checked ? "on" : "off");
    say(keys.checked ? "Keys are on." : "Keys are off.");
  });

  document.addEventListener("keydown", (event) => {
    if (!keys.checked) return;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event;
    if (key === "Escape") {
      if (typing(target)) target.blur();
      close();
      return;
    }
    if (typing(target) || (event.repeat && !"jk".includes(key))) return;
    if (/^[1-9]$/.test(key)) choose(key);
    else if (key === "x" || key === "y") mark(key === "x" ? "t" : "m");
    else if (key.length === 1 && "jkatmdsgou?/".includes(key)) press(key);
    else return;
    event.preventDefault();
  });

  // Once: a second press while the answer is under way does nothing.
  document.addEventListener("submit", (event) => {
    if (sending) { event.preventDefault(); return; }
    sending = event.target.method === "post";
  });
  window.addEventListener("pageshow", () => { sending = false; });

  // What was typed into the draft goes along with every decision, so that a refusal brings it back.
  page.querySelectorAll("form[method=post]").forEach((form) => {
    if (!draft || form === draft) return;
    form.addEventListener("formdata", (event) => {
      new FormData(draft).forEach((value, name) => {
        if (!event.formData.has(name)) event.formData.append(name, value);
      });
    });
  });
  if (draft) {
    draft.addEventListener("input", () => { typed = true; });
    // A decision carries it along; every other way out loses it.
    window.addEventListener("beforeunload", (event) => { if (typed && !sending) event.preventDefault(); });
  }

  const told = [...document.querySelectorAll(".messagelist li")].map((item) => item.textContent.trim());
  if (title) told.push(title.textContent);
  (fault || title || page).focus({ preventScroll: window.innerWidth > 800 });
  // Unless a key was quicker, and has said something since.
  window.setTimeout(() => { if (!said.textContent) say(told.join(" ")); }, 100);
})();
