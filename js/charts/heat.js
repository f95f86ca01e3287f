// The heat map: for each column of time and each row of latency a cell, the darker the more answers fell
// into it. Columns are drawn once into a picture of their own, and the picture is put under the axes.

const SHADES = 48;

/** What draws a heat map under a plot. Colours go from one of the page's to another, by the logarithm. */
export function heat({ columns, step, ends, rows, visible, palette }) {
  let ramp = { low: '', high: '', shades: [] };

  function shades() {
    const { heatLow, heatHigh } = palette();
    if (ramp.low !== heatLow || ramp.high !== heatHigh) {
      const [low, high] = [channels(heatLow), channels(heatHigh)];
      const shade = (part) => `rgb(${low.map((from, at) => Math.round(from + (high[at] - from) * part)).join(' ')})`;
      ramp = { low: heatLow, high: heatHigh, shades: Array.from({ length: SHADES }, (_, at) => shade(at / (SHADES - 1))) };
    }
    return ramp.shades;
  }

  /** Two rows are drawn as one: an eighth of an octave is finer than a pixel. */
  function draw(plot) {
    const { ctx, bbox } = plot;
    const shown = visible();
    const most = Math.log1p(
      shown.reduce((peak, time) => Math.max(peak, peakOf(columns.get(time))), 1),
    );
    const colour = shades();
    const { min, max } = plot.scales.y;
    const edges = [];
    for (let row = 0; row < rows; row += 2) {
      const top = ends[Math.min(row + 1, rows - 1)] + 0.001;
      const bottom = row === 0 ? 0.0001 : ends[row - 1] + 0.001;
      if (top < min || bottom > max) continue;
      edges.push([row, plot.valToPos(Math.min(top, max), 'y', true), plot.valToPos(Math.max(bottom, min), 'y', true)]);
    }
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const time of shown) {
      const { cells } = columns.get(time);
      const left = Math.round(plot.valToPos(time, 'x', true));
      const width = Math.max(1, Math.round(plot.valToPos(time + step, 'x', true)) - left);
      for (const [row, top, bottom] of edges) {
        const count = cells[row] + (cells[row + 1] ?? 0);
        if (count === 0) continue;
        ctx.fillStyle = colour[Math.min(SHADES - 1, Math.floor((Math.log1p(count) / most) * (SHADES - 1)))];
        const y = Math.round(top);
        ctx.fillRect(left, y, width, Math.max(1, Math.round(bottom) - y));
      }
    }
    ctx.restore();
  }

  return { draw };
}

function peakOf(column) {
  column.peak ??= column.cells.reduce((peak, count, row) => (row % 2 ? peak : Math.max(peak, count + (column.cells[row + 1] ?? 0))), 0);
  return column.peak;
}

/** The three channels of a colour as the style sheet has it: `#rrggbb`. */
function channels(colour) {
  const number = Number.parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
