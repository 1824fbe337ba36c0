/** How long something took, often: counts by powers of two, and the extremes. */

export class Histogram {
  readonly #counts: number[] = [];
  count = 0;
  least = Number.POSITIVE_INFINITY;
  most = 0;
  sum = 0;

  add(value: number): void {
    let bucket = 0;
    while (2 ** bucket <= value) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.count++;
    this.sum += value;
    this.least = Math.min(this.least, value);
    this.most = Math.max(this.most, value);
  }

  /** Buckets that are not empty: values from `from` up to, not including, `to`. */
  get buckets(): { readonly from: number; readonly to: number; readonly count: number }[] {
    return this.#counts.flatMap((count, i) => {
      return count ? [{ from: i === 0 ? 0 : 2 ** (i - 1), to: 2 ** i, count }] : [];
    });
  }
}
