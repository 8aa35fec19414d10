// The foot: which processes do all this, and how much memory they take.
import { fill, h } from "./dom.js";
import { mebibytes } from "./format.js";
import { on } from "./stream.js";

on("parts", (told) => {
  const found = told.value;
  if (!found) return;
  const all = found.parts.reduce((sum, one) => sum + one.memory_bytes, 0);
  const faults = Object.entries(found.services).filter(([, service]) => service.error);
  fill(
    document.getElementById("foot"),
    h("ul", {}, found.parts.map((one) =>
      h("li", { class: one.state === "up" ? "" : "bad" }, h("b", {}, one.name), ` ${one.says}, ${one.state}, ${mebibytes(one.memory_bytes)}`))),
    faults.map(([name, service]) => h("p", { class: "bad" }, `${name}: ${service.error}`)),
    h("p", {}, `${mebibytes(all)} in all. Everything on this page runs on this machine.`),
  );
});
