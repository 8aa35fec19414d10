// DNS: which cloud each provider names now, with which shares, and what its checkers see.
import { post } from "./api.js";
import { body, button, empty, failed, fill, h, s } from "./dom.js";
import { CLOUDS, clock, percent } from "./format.js";
import { last, on } from "./stream.js";

function draw() {
  const told = last("dns");
  if (!told) return;
  const place = body("dns");
  if (!told.value) return fill(place, failed(told));
  const found = told.value;
  if (!Object.values(found.authorities).some((one) => one.zone)) return fill(place, none());
  fill(
    place,
    h("div", { class: "authorities" }, Object.entries(found.authorities).map(([cloud, one]) => authority(cloud, one, found))),
    changes(found),
  );
}

function none() {
  const told = last("edge");
  const busy = Boolean(told?.busy);
  return empty(
    "The edge is not made yet: Route 53 and Cloud DNS have no zone.",
    told?.error ? failed(told) : null,
    h("p", { class: "note" }, "Terraform’s edge stacks make it: a zone on each provider, weights, and health checks that probe both ingests."),
    button(busy ? "Terraform applies it …" : "Make the edge with Terraform", () => post("/api/ask/edge"), { class: "primary", "data-key": "edge", "aria-busy": busy }),
  );
}

function authority(cloud, one, found) {
  const record = one.records.find((record) => record.type === "A");
  const wrong = one.outage || one.answer?.silent;
  return h(
    "article",
    { class: "authority" },
    h("div", { class: "control-head" }, h("h3", {}, one.provider), h("p", { class: `chip ${wrong ? "bad" : "good"}` }, wrong ? "silent" : "answers")),
    answer(one, found),
    record ? shares(record, found) : null,
    h("ul", { class: "probes" }, one.endpoints.map((end) => endpoint(end, found))),
  );
}

function answer(one, found) {
  if (!one.answer || one.answer.silent) return h("p", { class: "answer" }, "no answer");
  const clouds = [...new Set(one.answer.addresses.map((address) => found.clouds[address]))].filter(Boolean);
  return h(
    "p",
    { class: "answer" },
    h("span", { class: "note" }, `${one.answer.name} A`),
    h("strong", {}, clouds.map((cloud) => CLOUDS[cloud]).join(" and ") || "an unknown address"),
    h("code", {}, one.answer.addresses.join(", ") || one.answer.rcode),
    h("span", { class: "note" }, `kept for ${one.answer.ttl} s`),
  );
}

function shares(record, found) {
  const by = { aws: 0, gcp: 0 };
  for (const share of record.shares) {
    for (const address of share.values) by[found.clouds[address]] += share.probability / share.values.length;
  }
  const label = Object.entries(by).map(([cloud, part]) => `${CLOUDS[cloud]} ${percent(part, 0)}`).join(" · ");
  const bar = s(
    "svg",
    { class: "shares", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { class: "aws", x: 0, y: 0, width: 100 * by.aws, height: 8 }),
    s("rect", { class: "gcp", x: 100 * by.aws, y: 0, width: 100 * by.gcp, height: 8 }),
  );
  return h("div", {}, bar, h("p", { class: "note" }, `of all answers: ${label}`));
}

function endpoint(end, found) {
  const cloud = found.clouds[end.address];
  return h(
    "li",
    { class: end.healthy ? "good" : "bad" },
    h("span", {}, h("i", { class: `key ${cloud}` }), ` ${CLOUDS[cloud] ?? end.address} `, h("b", {}, end.healthy ? "healthy" : "unhealthy")),
    h("span", { class: "note" }, `${end.healthy_checkers} of ${end.checkers.length} checkers, every ${end.interval_seconds} s`),
  );
}

function changes(found) {
  const recent = found.changes.slice(-4).reverse();
  if (!recent.length) return null;
  return h("ul", { class: "changes" }, recent.map((one) => h("li", {}, `${clock(one.at * 1000)} ${CLOUDS[found.clouds[one.address]] ?? one.address}: ${one.healthy ? "healthy again" : "unhealthy"}`)));
}

on("dns", draw);
on("edge", draw);
