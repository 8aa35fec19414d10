// Cost: of an hour like the last minutes, of a million events, and which calls were made for them.
import { body, empty, failed, fill, h } from "./dom.js";
import { count, dollars, value } from "./format.js";
import { on } from "./stream.js";

on("metrics", (told) => {
  const place = body("cost");
  if (!told.value?.series) return fill(place, failed(told));
  const metrics = told.value;
  const million = value(metrics, "isthmus.cost.per_million_events");
  if (!million) return fill(place, empty("Nothing was sent yet, so nothing was billed."));
  const calls = metrics.series.filter((one) => one.metric === "isthmus.calls").sort((a, b) => b.value - a.value);
  fill(
    place,
    h(
      "div",
      { class: "tiles" },
      h("div", { class: "tile" }, h("p", {}, "a million events"), h("strong", {}, dollars(million))),
      h("div", { class: "tile" }, h("p", {}, "an hour like now"), h("strong", {}, dollars(value(metrics, "isthmus.cost.rate") ?? 0))),
    ),
    h("ul", { class: "calls" }, calls.slice(0, 6).map((one) => h("li", {}, h("code", {}, one.labels.call), h("b", {}, count(one.value))))),
    h("p", { class: "note" }, "Calls that were made since the clouds are up, and are billed."),
  );
});
