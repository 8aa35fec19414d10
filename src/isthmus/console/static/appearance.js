// Light, dark, or as the system has it.

const ORDER = ["system", "light", "dark"];
const SAYS = { system: "as the system has them", light: "light", dark: "dark" };
const toggle = document.getElementById("theme");
const root = document.documentElement;

const now = () => root.dataset.theme ?? "system";

function show() {
  toggle.setAttribute("aria-label", `Colours: ${SAYS[now()]}`);
  toggle.title = `Colours: ${SAYS[now()]}`;
  dispatchEvent(new Event("isthmus-theme"));
}

toggle.addEventListener("click", () => {
  const next = ORDER[(ORDER.indexOf(now()) + 1) % ORDER.length];
  if (next === "system") delete root.dataset.theme;
  else root.dataset.theme = next;
  localStorage.setItem("isthmus-theme", next);
  show();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
show();
