// Draws both clouds as the Terraform state has them; what flows moves, what is broken is marked.
import { fault } from "./controls.js";
import { fill, failed, s } from "./dom.js";
import { CLOUDS, bytes, count, rate, seconds, value } from "./format.js";
import { place } from "./layout.js";
import { last, on } from "./stream.js";

const QUIET_BYTES = 1500; // Health checks are less than that a second, and no events.
const NAMES = { producers: "producers", topic: "events", bucket: "archive" };
const BRIEF = { Subscription: "Pub/Sub", "Cloud Storage": "Storage", "API Gateway": "Gateway", "your programs": "your" };
const phone = matchMedia("(max-width: 760px)");
const container = document.getElementById("drawing");
let drawn = null;

function draw() {
  const told = last("wiring");
  if (!told) return;
  if (!told.value) return fill(container, failed(told));
  const wiring = told.value;
  document.getElementById("where").textContent = `${wiring.environment} · on this machine`;
  document.getElementById("map-note").textContent = `${wiring.nodes.length} resources and ${wiring.edges.length} connections, read from the Terraform state`;
  const { plan, nodes, edges } = place(wiring, phone.matches);
  drawn = { edges: edges.map(drawEdge), nodes: nodes.map(drawNode), zones: Object.entries(plan.zones).map(drawZone) };
  const picture = s(
    "svg",
    { viewBox: `0 0 ${plan.width} ${plan.height}`, role: "img", "aria-labelledby": "drawing-title", class: phone.matches ? "narrow" : "wide" },
    s("title", { id: "drawing-title" }, "Both clouds as Terraform wired them: ingest, topic, queues, functions and archive on each, and a bridge from each to the other"),
    drawn.zones.map((one) => one.element),
    drawn.edges.map((one) => one.element),
    drawn.nodes.map((one) => one.element),
    drawn.edges.map((one) => one.mark),
  );
  container.shown = undefined;
  container.replaceChildren(picture);
  update();
}

function drawZone([cloud, [x, y, w, h]]) {
  const state = s("text", { class: "zone-state", x: x + w - 14, y: y + h - 12, "text-anchor": "end" });
  const name = s("text", { class: "zone-name", x: x + 14, y: y + h - 12 }, phone.matches ? CLOUDS[cloud].replace(" Cloud", "") : CLOUDS[cloud]);
  const element = s("g", { class: `zone ${cloud}` }, s("rect", { x, y, width: w, height: h, rx: 18 }), name, state);
  return { cloud, element, state };
}

function drawEdge(edge) {
  const [from, to] = edge.ends;
  const bridges = from.cloud && to.cloud && from.cloud !== to.cloud;
  const title = s("title", {}, `${from.service} ${from.name} → ${to.service} ${to.name}${edge.says ? `, only ${edge.says}` : ""}`);
  const kind = to.kind === "dead_letters" ? "letters" : bridges ? "bridge" : "";
  const element = s("g", { class: `edge ${kind}` }, title, s("path", { class: "way", d: edge.d }), s("path", { class: "moving", d: edge.d }));
  const [x, y] = edge.middle;
  const mark = s("g", { class: "mark", transform: `translate(${x} ${y})`, visibility: "hidden" }, s("circle", { r: 11 }), s("path", { d: "M-4-4 4 4M4-4-4 4" }));
  return { edge, element, mark, from, to };
}

function drawNode(node) {
  const { x, y, w, h } = node;
  const small = node.kind === "dead_letters";
  const badge = s("text", { class: "badge", x: w - (phone.matches ? 7 : 9), y: small ? h / 2 + 4 : phone.matches ? 17 : h - 10, "text-anchor": "end" });
  const label = s("text", { class: "label", x: phone.matches && !small ? 8 : 11, y: small ? h / 2 + 4 : phone.matches ? h - 9 : h - 10 }, small ? "dead letters" : (NAMES[node.kind] ?? node.role));
  const service = small ? null : s("text", { class: "service", x: phone.matches ? 8 : 11, y: phone.matches ? 17 : 20 }, phone.matches ? (BRIEF[node.service] ?? node.service) : node.service);
  const age = s("text", { class: "age", x: w - 9, y: 20, "text-anchor": "end" });
  const title = s("title", {}, `${node.name}${node.address ? `\n${node.address}` : ""}`);
  const shape = s("rect", { width: w, height: h, rx: small ? 13 : 10 });
  const element = s("g", { class: `node ${node.kind} ${node.cloud}`, transform: `translate(${x} ${y})` }, title, shape, service, label, badge, age);
  return { node, element, badge, age, service };
}

function update() {
  if (!drawn) return;
  const [flows, rates, metrics] = [last("flows") ?? {}, last("rates") ?? {}, last("metrics")?.value];
  for (const one of drawn.edges) updateEdge(one, flows, rates);
  for (const one of drawn.nodes) updateNode(one, rates, metrics?.series ? metrics : null);
  for (const one of drawn.zones) {
    const wrong = fault(one.cloud);
    one.state.textContent = phone.matches ? (wrong ? "broken" : "") : wrong;
    one.element.classList.toggle("broken", Boolean(wrong));
  }
}

function updateEdge({ edge, element, mark, from, to }, flows, rates) {
  const link = edge.link ? flows[edge.link] : null;
  const broken = Boolean(link?.faults.length);
  let speed = link ? pace(link.rate, QUIET_BYTES, 40_000, 200_000) : pace(inside(from, to, rates), 0.05, 2, 6);
  if (broken && link.faults.some((how) => !how.startsWith("delay") && !how.startsWith("throttle"))) speed = 0;
  element.dataset.speed = speed;
  element.classList.toggle("broken", broken);
  mark.setAttribute("visibility", broken ? "visible" : "hidden");
  const title = element.firstElementChild;
  title.dataset.base ??= title.textContent;
  title.textContent = link ? `${title.dataset.base}\n${broken ? `broken: ${link.faults.join(", ")}` : `${bytes(link.rate)} a second`}` : title.dataset.base;
}

const pace = (value, some, much, most) => (value > most ? 3 : value > much ? 2 : value > some ? 1 : 0);

/** Requests a second inside of a cloud, by the function at one end. */
function inside(from, to, rates) {
  const part = [to, from].find((node) => node.role)?.role;
  return to.kind === "dead_letters" ? 0 : (rates[`isthmus.requests ${to.cloud} ${part}`] ?? 0);
}

function updateNode({ node, element, badge, age: aside, service }, rates, metrics) {
  const labels = { cloud: node.cloud, queue: node.role };
  let [text, warns] = ["", false];
  if (node.kind === "queue" && metrics) {
    const [messages, age] = [value(metrics, "isthmus.queue.messages", labels), value(metrics, "isthmus.queue.oldest_age", labels)];
    text = messages === undefined ? "?" : count(messages);
    aside.textContent = messages && !phone.matches ? seconds(age) : "";
    warns = age > 60;
  } else if (node.kind === "dead_letters" && metrics) {
    const letters = value(metrics, "isthmus.queue.dead_letters", labels);
    [text, warns] = [letters === undefined ? "?" : count(letters), letters > 0];
    if (phone.matches) element.querySelector(".label").textContent = "dead";
  } else if (node.kind === "function") {
    const found = rates[`isthmus.requests ${node.cloud} ${node.role}`] ?? 0;
    text = found > 0.05 ? (phone.matches ? rate(found) : `${rate(found)}/s`) : "";
  } else if (node.kind === "bucket") {
    const found = rates[`isthmus.stored.events ${node.cloud}`] ?? 0;
    text = found > 0.05 && !phone.matches ? `${rate(found)}/s` : "";
  } else if (node.kind === "producers") {
    const producing = last("producing");
    const sends = producing?.state === "sending" && !phone.matches;
    service.textContent = sends ? `${rate(producing.rates.aws + producing.rates.gcp)} a second` : phone.matches ? BRIEF[node.service] : node.service;
  }
  if (badge.textContent !== text) badge.textContent = text;
  element.classList.toggle("warn", Boolean(warns));
}

phone.addEventListener("change", draw);
on("wiring", draw);
for (const topic of ["flows", "rates", "parts", "producing"]) on(topic, update);
