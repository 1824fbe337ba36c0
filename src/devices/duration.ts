/** Durations in machine clocks, for latencies that a data sheet gives in microseconds. */
import type { Frequency } from '../core/time.js';

/** The least number of clocks that lasts at least `us` microseconds. */
export function microseconds(frequency: Frequency, us: number): number {
  return Math.ceil((us * frequency.num) / (frequency.den * 1e6));
}
