// Numbers in words and colours in use, for the charts.

/** A latency in milliseconds with its unit: `42 µs`, `3.2 ms`, `1.5 s`. */
export function duration(milliseconds) {
  if (!(milliseconds >= 0)) return '–';
  if (milliseconds < 1) return `${digits(milliseconds * 1000)} µs`;
  if (milliseconds < 1000) return `${digits(milliseconds)} ms`;
  return `${digits(milliseconds / 1000)} s`;
}

function digits(number) {
  return number >= 99.5 ? String(Math.round(number)) : String(Number(number.toPrecision(2)));
}

/** Seconds since the epoch as local time. */
export function clockTime(seconds) {
  const time = new Date(seconds * 1000);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A count with its thousands apart. */
export const short = (count) => count.toLocaleString('en');

/** The page's present colours. */
export function colours(host) {
  const style = getComputedStyle(host);
  const of = (name) => style.getPropertyValue(name).trim();
  const family = of('--sans') || 'sans-serif';
  return {
    soft: of('--text-faint'),
    faint: of('--line-strong'),
    grid: of('--line'),
    calm: of('--chart-calm'),
    warm: of('--chart-warm'),
    hot: of('--chart-hot'),
    limit: of('--text-soft'),
    bad: of('--bad'),
    heatLow: of('--heat-low'),
    heatHigh: of('--heat-high'),
    font: `11px ${family}`,
    scaledFont: () => `${11 * devicePixelRatio}px ${family}`,
  };
}
