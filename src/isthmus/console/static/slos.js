// Objectives: what is left of each error budget, how fast it burns, what fires.
import { body, empty, failed, fill, h } from "./dom.js";
import { CLOUDS, percent } from "./format.js";
import { on } from "./stream.js";

on("slo", (told) => {
  const place = body("slos");
  if (!told.value) return fill(place, failed(told));
  const names = [...new Set(told.value.slos.map((one) => one.slo))];
  if (!names.length) return fill(place, empty("slo.yaml promises nothing."));
  fill(place, h("div", { class: "slos" }, names.map((name) => objective(told.value.slos.filter((one) => one.slo === name)))));
});

function objective(standings) {
  const [one] = standings;
  return h("article", { class: "slo" }, h("h3", {}, one.slo, h("span", { class: "note" }, ` ${percent(one.objective, 2)}`)), h("p", { class: "note" }, one.says), standings.map(standing));
}

function standing(one) {
  const left = Math.max(0, Math.min(1, one.budget_left));
  const rates = Object.entries(one.burn_rates).sort(([a], [b]) => a - b);
  const kind = one.severity === "page" || one.budget_left < 0 ? "bad" : one.severity || one.budget_left < 0.25 ? "warn" : "good";
  const burns = rates.filter(([, burn]) => burn > 0).slice(0, 3).map(([minutes, burn]) => `${burn >= 10 ? burn.toFixed(0) : burn.toFixed(1)}× over ${span(minutes)}`);
  return h(
    "div",
    { class: `standing ${kind}` },
    h("p", {}, h("span", {}, h("i", { class: `key ${one.cloud}` }), ` ${CLOUDS[one.cloud]}`), h("strong", {}, percent(one.budget_left, 0))),
    h("meter", { min: 0, max: 1, low: 0.25, high: 0.5, optimum: 1, value: left, "aria-label": `Error budget left of ${one.slo} on ${CLOUDS[one.cloud]}` }),
    h("p", { class: "note" }, one.firing.length ? h("b", {}, `${one.severity}: ${one.firing.join(", ")} `) : null, burns.length ? `burns ${burns.join(", ")}` : "nothing burns", one.firing.length ? h("span", {}, ` · ${one.runbook}`) : null),
  );
}

const span = (minutes) => (minutes < 60 ? `${minutes} min` : minutes < 1440 ? `${minutes / 60} h` : `${minutes / 1440} d`);
