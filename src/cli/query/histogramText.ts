/** A histogram of clocks as a person reads it: with times, and bars. */
import type { Frequency } from '../../core/time.js';
import type { Histogram } from '../../replay/query/run/histogram.js';

const BAR = 40;
const COLUMN = 12;

export function histogramText(title: string, histogram: Histogram, { num, den }: Frequency): string {
  const { count, least, most, sum, buckets } = histogram;
  if (count === 0) return `${title}: none\n\n`;
  const time = (clocks: number) => timeText((clocks * den) / num);
  const largest = Math.max(...buckets.map((bucket) => bucket.count));
  const lines = buckets.map((bucket) => {
    const bar = '#'.repeat(Math.ceil((BAR * bucket.count) / largest));
    const to = time(bucket.to - 1).padStart(COLUMN);
    return `${String(bucket.from).padStart(COLUMN)} to ${String(bucket.to - 1).padStart(COLUMN)} clocks ${to}  ${String(bucket.count).padStart(8)}  ${bar}`;
  });
  const head = `${title}: ${count}, least ${time(least)}, mean ${time(sum / count)}, most ${time(most)}`;
  return `${[head, ...lines].join('\n')}\n\n`;
}

function timeText(seconds: number): string {
  if (seconds >= 1) return `${seconds.toFixed(3)} s`;
  return seconds >= 1e-3 ? `${(seconds * 1e3).toFixed(3)} ms` : `${(seconds * 1e6).toFixed(2)} us`;
}
