// The charts of the service levels: latency over time as lines, and its distribution as a heat map under
// them, both on one time line. Columns come in, nothing goes out but pixels and words under the cursor.
// Draws only when told to, so that an idle page does not paint.
import uPlot from 'uplot';
import { heat } from './charts/heat.js';
import { clockTime, colours, duration, short } from './charts/words.js';

const NUMBERS = 7;
const HEIGHT = { lines: 216, heat: 196 };
/** The least and the most of latency that an axis shows, in milliseconds. */
const FLOOR = 0.01;
const CEILING = 60_000;

/** Lines in their order: place in a column, style, and the dash that tells them apart without colour. */
const LINES = [
  { label: 'p50', at: 3, colour: 'calm', width: 2.25, dash: [] },
  { label: 'p90', at: 4, colour: 'warm', width: 1.75, dash: [7, 3] },
  { label: 'p99', at: 5, colour: 'hot', width: 1.75, dash: [2, 3] },
  { label: 'max', at: 6, colour: 'faint', width: 1, dash: [1, 4] },
];

/**
 * Opens the charts in an element. `layout` is [seconds in a column, columns, rows]; `ends` the longest
 * latency of each row in milliseconds.
 */
export function open(host, layout, ends) {
  const [step, capacity, rows] = layout;
  /** Columns by their beginning: numbers and cells. */
  const columns = new Map();
  const state = { now: Date.now() / 1000, limit: 10, seconds: 120, selected: null, data: [], dirty: true };
  let palette = colours(host);

  const readout = part('p', 'charts-readout');
  readout.setAttribute('aria-live', 'off');
  const unselect = part('button', 'button is-plain charts-unselect');
  unselect.type = 'button';
  unselect.textContent = 'Show the latest';
  unselect.hidden = true;
  unselect.addEventListener('click', () => select(null));
  const head = part('div', 'charts-head');
  head.append(readout, unselect);
  const stage = part('div', 'charts-stage');
  stage.tabIndex = 0;
  stage.setAttribute('role', 'group');
  stage.setAttribute('aria-label', 'Latency over time; arrow keys move along it, Escape shows the latest');
  host.replaceChildren(head, stage);

  const times = () => [...columns.keys()].sort((a, b) => a - b);
  const xRange = () => state.selected ?? [state.now - state.seconds, state.now];
  const visible = () => {
    const [from, to] = xRange();
    return times().filter((time) => time >= from - step && time <= to);
  };
  /** The same latencies on both axes: whole decades around what is seen, and the limit. */
  const yRange = () => {
    let [low, high] = [state.limit, state.limit];
    for (const time of visible()) {
      const { numbers } = columns.get(time);
      if (numbers[3] > 0) low = Math.min(low, numbers[3]);
      if (numbers[6] > 0) high = Math.max(high, numbers[6]);
    }
    const least = 10 ** Math.floor(Math.log10(Math.max(low * 0.7, FLOOR)));
    return [least, Math.min(CEILING * 2, 10 ** Math.ceil(Math.log10(high * 1.2)))];
  };

  const map = heat({ columns, step, ends, rows, visible, palette: () => palette });

  const axis = (values) => ({
    stroke: () => palette.soft,
    grid: { stroke: () => palette.grid, width: 1, filter: decades },
    ticks: { stroke: () => palette.grid, width: 1, size: 4, filter: decades },
    font: palette.font,
    ...values,
  });
  const options = (height, series, hooks, label) => ({
    width: Math.max(stage.clientWidth, 200),
    height,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    scales: { x: { time: true, range: xRange }, y: { distr: 3, log: 10, range: yRange } },
    axes: [
      axis({ size: 28, space: 70, values: (_plot, splits) => splits.map(clockTime) }),
      axis({
        size: 58,
        label,
        labelSize: 16,
        labelFont: palette.font,
        filter: decades,
        values: (_plot, splits) => splits.map((value) => (value === null ? '' : duration(value))),
      }),
    ],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      sync: { key: 'service-levels', setSeries: false },
    },
    series: [{}, ...series],
    hooks,
  });
  const hover = [(plot) => say(plot.cursor.idx)];
  const chosen = [(plot) => {
    const { left, width } = plot.select;
    if (width < 6) return;
    const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    select([from, Math.max(to, from + 2 * step)]);
  }];
  const lines = new uPlot(
    options(
      HEIGHT.lines,
      LINES.map(({ label, colour, width, dash }) => ({
        label,
        stroke: () => palette[colour],
        width,
        dash,
        spanGaps: false,
        points: { show: false },
      })),
      { setCursor: hover, setSelect: chosen, draw: [drawLimit, drawErrors] },
      'latency',
    ),
    [[], [], [], [], []],
    stage,
  );
  const cells = new uPlot(
    options(HEIGHT.heat, [{ show: false }], { setCursor: hover, setSelect: chosen, drawClear: [map.draw], draw: [drawLimit] }, 'answers'),
    [[], []],
    stage,
  );
  const plots = [lines, cells];

  /** The promise's limit, across both charts. */
  function drawLimit(plot) {
    const y = plot.valToPos(state.limit, 'y', true);
    const { left, top, width, height } = plot.bbox;
    if (y < top || y > top + height) return;
    const { ctx } = plot;
    ctx.save();
    ctx.strokeStyle = palette.limit;
    ctx.fillStyle = palette.limit;
    ctx.lineWidth = plot.pxRatio ?? devicePixelRatio;
    ctx.setLineDash([10, 4]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    ctx.font = palette.scaledFont();
    ctx.textAlign = 'right';
    ctx.textBaseline = 'bottom';
    ctx.fillText(`limit ${duration(state.limit)}`, left + width - 4, y - 2);
    ctx.restore();
  }

  /** Roundtrips without an answer: a cross at the foot of their column. */
  function drawErrors(plot) {
    const { ctx, bbox } = plot;
    const size = 3.5 * devicePixelRatio;
    const y = bbox.top + bbox.height - 2 * size;
    ctx.save();
    ctx.strokeStyle = palette.bad;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.beginPath();
    for (const time of visible()) {
      if (columns.get(time).numbers[2] === 0) continue;
      const x = plot.valToPos(time + step / 2, 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.moveTo(x - size, y - size);
      ctx.lineTo(x + size, y + size);
      ctx.moveTo(x - size, y + size);
      ctx.lineTo(x + size, y - size);
    }
    ctx.stroke();
    ctx.restore();
  }

  function say(index) {
    const time = index == null ? undefined : state.data[0]?.[index];
    const column = time === undefined ? undefined : columns.get(time - step / 2);
    if (!column) {
      readout.textContent = state.selected
        ? `${clockTime(state.selected[0])} to ${clockTime(state.selected[1])}`
        : 'Point at a moment for its values, drag to look closer';
      return;
    }
    const [began, answers, errors, ...spans] = column.numbers;
    const values = LINES.map(({ label }, at) => `${label} ${duration(spans[at])}`);
    readout.textContent = [
      clockTime(began),
      `${short(answers)} answered`,
      ...(errors > 0 ? [`${short(errors)} failed`] : []),
      ...(answers > 0 ? values : []),
    ].join(' · ');
  }

  function select(range) {
    state.selected = range;
    unselect.hidden = range === null;
    paint();
    say(null);
  }

  /** A gap in time must be a gap in the lines: a column that is not there is one without values. */
  function collect() {
    const known = times();
    const [x, ...ys] = [[], ...LINES.map(() => [])];
    let before = null;
    for (const time of known) {
      if (before !== null && time - before > step * 1.5) {
        x.push(before + step * 1.5);
        ys.forEach((y) => y.push(null));
      }
      const { numbers } = columns.get(time);
      x.push(time + step / 2);
      LINES.forEach(({ at }, line) => ys[line].push(numbers[at] > 0 ? Math.max(numbers[at], FLOOR) : null));
      before = time;
    }
    state.data = [x, ...ys];
    state.dirty = false;
  }

  function paint() {
    if (state.dirty) collect();
    lines.setData(state.data, false);
    cells.setData([state.data[0], state.data[1]], false);
    const [min, max] = xRange();
    for (const plot of plots) plot.batch(() => plot.setScale('x', { min, max }));
  }

  function onKey(event) {
    if (event.key === 'Escape') return select(null);
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move || state.data[0].length === 0) return undefined;
    event.preventDefault();
    const shown = state.data[0].map((time, index) => [time, index]).filter(([time]) => {
      const [from, to] = xRange();
      return time >= from && time <= to && columns.has(time - step / 2);
    });
    if (shown.length === 0) return undefined;
    const at = shown.findIndex(([, index]) => index === lines.cursor.idx);
    const next = shown[at < 0 ? shown.length - 1 : Math.min(shown.length - 1, Math.max(0, at + move))];
    lines.setCursor({ left: lines.valToPos(next[0], 'x'), top: 10 });
    readout.setAttribute('aria-live', 'polite');
    return undefined;
  }
  stage.addEventListener('keydown', onKey);

  const observer = new ResizeObserver(() => {
    const width = Math.max(Math.floor(stage.clientWidth), 200);
    if (width === lines.width) return;
    lines.setSize({ width, height: HEIGHT.lines });
    cells.setSize({ width, height: HEIGHT.heat });
  });
  observer.observe(stage);
  say(null);

  return {
    push(numbers, counts) {
      for (let at = 0; at * NUMBERS < numbers.length; at += 1) {
        const own = numbers.slice(at * NUMBERS, (at + 1) * NUMBERS);
        columns.set(own[0], { numbers: own, cells: counts.slice(at * rows, (at + 1) * rows) });
      }
      const oldest = Math.max(...columns.keys()) - step * capacity;
      for (const time of columns.keys()) if (time <= oldest) columns.delete(time);
      state.dirty = true;
    },
    draw(now, limit) {
      state.now = now;
      state.limit = limit;
      paint();
    },
    clear() {
      columns.clear();
      state.dirty = true;
    },
    range(seconds) {
      state.seconds = seconds;
      select(null);
    },
    recolour() {
      palette = colours(host);
      for (const plot of plots) plot.redraw(false, true);
    },
    dispose() {
      observer.disconnect();
      stage.removeEventListener('keydown', onKey);
      plots.forEach((plot) => plot.destroy());
      host.replaceChildren();
    },
  };
}

function part(kind, name) {
  const element = document.createElement(kind);
  element.className = name;
  return element;
}

/** Of an axis in logarithms only the whole decades; of time everything. */
function decades(plot, splits, axis) {
  return plot.axes[axis].scale === 'x' ? splits : splits.map((value) => (isDecade(value) ? value : null));
}

function isDecade(value) {
  const power = Math.log10(value);
  return Math.abs(power - Math.round(power)) < 1e-6;
}
