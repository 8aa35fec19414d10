// Line charts by uPlot in the page's colours; redrawn when those change, as wide as there is room.
import uPlot from "./vendor/uplot.js";
import { h } from "./dom.js";

const open = new Set();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A chart: series are {label, colour, fill, dash, format}; `show(data, bands)` draws; the element has its legend. */
export function chart(series, { height = 190, label, clock = true, unit = "" }) {
  const place = h("div", { class: "plot", role: "img", "aria-label": label });
  const values = series.map(() => h("b", {}, "–"));
  const legend = h("ul", { class: "legend" }, series.map((one, number) =>
    h("li", {}, h("i", { class: `key ${one.colour}` }), `${one.label} `, values[number])));
  const element = h("figure", { class: "chart" }, place, h("figcaption", {}, legend));
  const state = { plot: null, data: null, bands: [], place, series, height, clock, unit };
  new ResizeObserver(() => resize(state)).observe(place);
  open.add(state);
  const show = (data, bands = []) => {
    Object.assign(state, { data, bands });
    series.forEach((one, number) => {
      const found = data[number + 1].at(-1);
      values[number].textContent = found === null || found === undefined ? "–" : one.format(found);
    });
    place.setAttribute("aria-label", `${label}: ${series.map((one, n) => `${one.label} ${values[n].textContent}`).join(", ")}`);
    if (state.plot) state.plot.setData(data);
    else build(state);
  };
  return { element, show };
}

function build(state) {
  state.plot?.destroy();
  state.plot = null;
  if (!state.data || !state.place.clientWidth) return;
  const [ink, grid] = [colour("--muted"), colour("--line")];
  const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif", gap: 6 };
  const options = {
    width: state.place.clientWidth,
    height: state.height,
    legend: { show: false },
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    padding: [10, 8, 0, 0],
    scales: { x: { time: state.clock }, y: { range: (_, low, high) => [0, high > 0 ? high * 1.15 : 1] } },
    axes: [
      { ...axis, space: 70, ...(state.clock ? { values: (_, splits) => splits.map((at) => new Date(at * 1000).toTimeString().slice(0, 5)) } : { values: (_, splits) => splits.map((at) => `${at} s`) }) },
      { ...axis, size: 48, space: 36 },
    ],
    series: [{}, ...state.series.map((one) => ({
      label: one.label,
      stroke: colour(`--${one.colour}`),
      fill: one.fill ? `${colour(`--${one.colour}`)}22` : undefined,
      dash: one.dash,
      width: 2,
      points: { show: false },
      spanGaps: true,
    }))],
    hooks: { drawClear: [(plot) => bands(plot, state.bands)] },
  };
  state.plot = new uPlot(options, state.data, state.place);
}

/** Faults as bands behind the lines. */
function bands(plot, found) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = `${colour("--bad")}26`;
  for (const band of found) {
    const left = Math.max(bbox.left, plot.valToPos(band.start, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(band.end, "x", true));
    if (right > left) ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
  }
  ctx.restore();
}

function resize(state) {
  const width = state.place.clientWidth;
  if (!width) return;
  if (!state.plot) build(state);
  else if (Math.abs(width - state.plot.width) > 1) state.plot.setSize({ width, height: state.height });
}

addEventListener("isthmus-theme", () => open.forEach((state) => state.place.isConnected && build(state)));
