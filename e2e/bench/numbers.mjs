// Order statistics of measured times.

/** The value below which a share of the sorted samples lies (nearest rank). */
export function quantile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** The middle sample. */
export const median = (samples) => quantile(samples, 0.5);
