// Where everything of the drawing stands: from left to right where there is room, from top to bottom on a phone.

const STAGES = { producers: 0, api: 1, ingest: 2, topic: 3, queue: 4, dead_letters: 4, function: 5, bucket: 6 };

const WIDE = {
  width: 1240,
  height: 596,
  box: [138, 52],
  letters: [106, 26],
  along: [14, 190, 362, 534, 706, 878, 1068],
  across: { aws: { archive: 58, bridge: 166, "": 112 }, gcp: { bridge: 378, archive: 486, "": 432 }, "": { "": 272 } },
  zones: { aws: [170, 16, 1058, 246], gcp: [170, 336, 1058, 246] },
};

const NARROW = {
  width: 390,
  height: 640,
  box: [86, 46],
  letters: [76, 24],
  along: [6, 98, 168, 246, 334, 446, 560],
  across: { aws: { archive: 3, bridge: 92, "": 48 }, gcp: { bridge: 212, archive: 301, "": 256 }, "": { "": 152 } },
  zones: { aws: [0, 72, 181, 560], gcp: [209, 72, 181, 560] },
};

/** Places nodes and edges. Each node gets x, y, w, h; each edge the path between its two. */
export function place(wiring, narrow) {
  const plan = narrow ? NARROW : WIDE;
  const nodes = wiring.nodes.map((node) => ({ ...node, ...box(node, plan, narrow) }));
  const known = new Map(nodes.map((node) => [node.id, node]));
  const edges = wiring.edges.map((edge) => {
    const ends = [known.get(edge.source), known.get(edge.target)];
    return { ...edge, ...path(...ends, narrow), ends };
  });
  return { plan, nodes, edges };
}

function box(node, plan, narrow) {
  const stage = node.kind === "function" && node.role === "ingest" ? STAGES.ingest : STAGES[node.kind];
  const lane = node.kind === "queue" || node.kind === "dead_letters" || (node.kind === "function" && node.role !== "ingest") ? node.role : "";
  const [w, h] = node.kind === "dead_letters" ? plan.letters : plan.box;
  let along = plan.along[stage];
  let across = plan.across[node.cloud][node.kind === "bucket" ? "archive" : lane];
  if (node.kind === "dead_letters") {
    if (narrow) [along, across] = [along + plan.box[1] + 8, across + (plan.box[0] - w) / 2];
    else [along, across] = [along + (plan.box[0] - w) / 2, across + plan.box[1] + 8];
  }
  return narrow ? { x: across, y: along, w, h } : { x: along, y: across, w, h };
}

function path(from, to, narrow) {
  const bridges = from.cloud && to.cloud && from.cloud !== to.cloud;
  if (bridges) return narrow ? bridgeNarrow(from, to) : bridgeWide(from, to);
  if (to.kind === "dead_letters") return line(from.x + from.w / 2, from.y + from.h, to.x + to.w / 2, to.y);
  return narrow ? down(from, to) : right(from, to);
}

function right(from, to) {
  const [x1, y1, x2, y2] = [from.x + from.w, from.y + from.h / 2, to.x, to.y + to.h / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return curve(x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2);
}

function down(from, to) {
  const [x1, y1, x2, y2] = [from.x + from.w / 2, from.y + from.h, to.x + to.w / 2, to.y];
  const bend = Math.max(14, (y2 - y1) / 2);
  return curve(x1, y1, x1, y1 + bend, x2, y2 - bend, x2, y2);
}

function bridgeWide(from, to) {
  const below = to.y > from.y;
  const [x1, y1] = [from.x + from.w / 2, below ? from.y + from.h : from.y];
  const [x2, y2] = [to.x + to.w / 2, below ? to.y : to.y + to.h];
  const bend = (y2 - y1) * 0.55;
  return curve(x1, y1, x1, y1 + bend, x2, y2 - bend, x2, y2);
}

function bridgeNarrow(from, to) {
  const rightwards = to.x > from.x;
  const [x1, y1] = [rightwards ? from.x + from.w : from.x, from.y + from.h / 2];
  const [x2, y2] = [rightwards ? to.x : to.x + to.w, to.y + to.h / 2];
  const bend = rightwards ? 26 : -26;
  return curve(x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2);
}

const line = (x1, y1, x2, y2) => ({ d: `M${x1} ${y1}L${x2} ${y2}`, middle: [(x1 + x2) / 2, (y1 + y2) / 2] });

const curve = (x1, y1, a, b, c, e, x2, y2) => ({
  d: `M${x1} ${y1}C${a} ${b} ${c} ${e} ${x2} ${y2}`,
  middle: [(x1 + 3 * a + 3 * c + x2) / 8, (y1 + 3 * b + 3 * e + y2) / 8],
});
