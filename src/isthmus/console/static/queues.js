// Queues: how much waits on each cloud, and for how long.
import { body, failed, fill, h } from "./dom.js";
import { CLOUDS, count, queues, seconds, value } from "./format.js";
import { on } from "./stream.js";

const LONG_SECONDS = 60; // What slo.yaml promises for latency.

on("metrics", (told) => {
  const place = body("queues");
  if (!told.value?.series) return fill(place, failed(told));
  const rows = Object.keys(CLOUDS).flatMap((cloud) => queues(told.value).map((queue) => row(told.value, cloud, queue)));
  fill(place, h(
    "table",
    { class: "queues" },
    h("caption", { class: "unseen" }, "Frames that wait, by cloud and queue"),
    h("thead", {}, h("tr", {}, ["Queue", "Waiting", "Oldest", "Longest way"].map((name, n) => h("th", { scope: "col", class: n ? "num" : "" }, name)))),
    h("tbody", {}, rows),
  ));
});

function row(metrics, cloud, queue) {
  const labels = { cloud, queue };
  const [messages, age] = [value(metrics, "isthmus.queue.messages", labels), value(metrics, "isthmus.queue.oldest_age", labels)];
  const lag = way(metrics, cloud, queue);
  const name = h("th", { scope: "row" }, h("i", { class: `key ${cloud}` }), ` ${CLOUDS[cloud]} `, h("span", { class: "note" }, queue));
  if (messages === undefined) return h("tr", { class: "bad" }, name, h("td", { colspan: 3 }, "does not answer"));
  const late = age > LONG_SECONDS;
  return h(
    "tr",
    { class: late ? "warn" : "" },
    name,
    h("td", { class: "num" }, h("strong", {}, count(messages))),
    h("td", { class: "num" }, messages ? seconds(age) : "–"),
    h("td", { class: "num" }, lag ? seconds(lag) : "–"),
  );
}

/** How long the slowest frame of late took to where this queue's consumer puts it; nothing is measured of others. */
function way(metrics, cloud, queue) {
  if (queue === "archive") return value(metrics, "isthmus.archive.lag", { cloud });
  if (queue === "bridge") return value(metrics, "isthmus.bridge.lag", { cloud: cloud === "aws" ? "gcp" : "aws" });
  return undefined;
}
