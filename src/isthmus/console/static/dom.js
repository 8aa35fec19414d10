// Elements without a framework: made, filled without losing the focus, told to those who listen.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element: h("p", {class: "note"}, "text", child, …). A function as an attribute is a listener. */
export const h = (name, attributes, ...children) => make(document.createElement(name), attributes, children);

/** The same for SVG. */
export const s = (name, attributes, ...children) => make(document.createElementNS(SVG, name), attributes, children);

function make(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts these in place of what an element holds, unless it is the same; what had the focus has it still. */
export function fill(element, ...children) {
  const fresh = document.createElement("div");
  fresh.append(...children.flat(3).filter(Boolean));
  if (element.shown === fresh.innerHTML) return;
  element.shown = fresh.innerHTML;
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const open = [...element.querySelectorAll("details[open][data-key]")].map((one) => one.dataset.key);
  element.replaceChildren(...fresh.childNodes);
  for (const one of element.querySelectorAll("details[data-key]")) if (open.includes(one.dataset.key)) one.open = true;
  if (focused) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

/** The body of a panel. */
export const body = (id) => document.querySelector(`#${id} .body`);

/** A panel that has nothing to show yet, and what would change that. */
export const empty = (text, ...more) => h("div", { class: "empty" }, h("p", {}, text), more);

/** A panel whose facts can't be had. */
export const failed = (told) =>
  h("div", { class: "empty bad" }, h("p", {}, told.error), told.fix ? h("p", { class: "note" }, told.fix) : null);

/** A button that can't be pressed twice while it works. */
export function button(text, act, attributes = {}) {
  const element = h("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", async () => {
    if (element.getAttribute("aria-disabled") === "true") return;
    element.setAttribute("aria-disabled", "true");
    try {
      await act();
    } finally {
      element.removeAttribute("aria-disabled");
    }
  });
  return element;
}

/** Says something to those who don't see the page; only what matters, never figures. */
export function announce(text) {
  const place = document.getElementById("announce");
  if (place.textContent !== text) place.textContent = text;
}

/** Shows an error for a while. */
export function toast(text, fix = "") {
  const close = h("button", { type: "button", class: "icon", "aria-label": "Close this message" }, "✕");
  const box = h("div", { class: "toast" }, h("p", {}, h("strong", {}, text), fix ? h("span", {}, fix) : null), close);
  close.addEventListener("click", () => box.remove());
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), 12_000);
}
