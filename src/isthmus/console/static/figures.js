// The row of figures at the top.
import { fill, h } from "./dom.js";
import { SHORT, count, dollars, most, percent, rate, seconds, sum, value } from "./format.js";
import { last, on } from "./stream.js";

const place = document.getElementById("figures");

function figure(name, number, says, kind = "") {
  return h("div", { class: `figure ${kind}` }, h("dt", {}, name), h("dd", {}, h("strong", {}, number), h("span", {}, says)));
}

function draw() {
  const metrics = last("metrics")?.value;
  if (!metrics?.series) {
    const told = last("metrics");
    fill(place, figure("Figures", "–", told?.error ?? "not measured yet"));
    return;
  }
  fill(place, flow(metrics), stored(metrics), whole(metrics), waiting(metrics), budget(), cost(metrics));
}

function flow(metrics) {
  const rates = last("rates") ?? {};
  const [aws, gcp] = ["aws", "gcp"].map((cloud) => rates[`isthmus.stored.events ${cloud}`] ?? 0);
  return figure("Events a second", rate(Math.max(aws, gcp)), `AWS ${rate(aws)} · Google ${rate(gcp)}`);
}

function stored(metrics) {
  const [aws, gcp] = ["aws", "gcp"].map((cloud) => value(metrics, "isthmus.stored.events", { cloud }) ?? 0);
  const says = aws === gcp ? "the same on both clouds" : `AWS ${count(aws)} · Google ${count(gcp)}`;
  return figure("Events stored", count(Math.max(aws, gcp)), says);
}

function whole(metrics) {
  const missing = value(metrics, "isthmus.replication.missing", { cloud: "aws" });
  if (missing === undefined) return figure("Both archives", "–", "one of them can’t be listed", "warn");
  const all = sum(metrics, "isthmus.replication.missing");
  const age = most(metrics, "isthmus.replication.oldest_missing_age");
  if (!all) return figure("Missing", "0", "at the last balance of both archives", "good");
  return figure("Missing", count(all), `objects; the oldest for ${seconds(age)}`, "warn");
}

function waiting(metrics) {
  const messages = sum(metrics, "isthmus.queue.messages");
  const age = most(metrics, "isthmus.queue.oldest_age");
  return figure("Frames waiting", count(messages), messages ? `the oldest for ${seconds(age)}` : "all queues are empty", age > 60 ? "warn" : "");
}

function budget() {
  const slos = last("slo")?.value?.slos ?? [];
  const worst = slos.reduce((all, one) => (!all || one.budget_left < all.budget_left ? one : all), null);
  if (!worst) return figure("Error budget", "–", "not measured yet");
  const kind = worst.severity === "page" || worst.budget_left < 0 ? "bad" : worst.severity ? "warn" : "";
  return figure("Error budget left", percent(Math.max(worst.budget_left, -9.99), 0), `${worst.slo} on ${SHORT[worst.cloud]} has the least`, kind);
}

function cost(metrics) {
  const million = value(metrics, "isthmus.cost.per_million_events");
  const hourly = value(metrics, "isthmus.cost.rate") ?? 0;
  return figure("A million events", million ? dollars(million) : "–", million ? `${dollars(hourly)} an hour at this pace` : "nothing was sent yet");
}

for (const topic of ["metrics", "rates", "slo"]) on(topic, draw);
