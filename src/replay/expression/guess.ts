/** Names that may have been meant: for messages about those that do not exist. */

/** ` did you mean "wait"?`, or nothing if no name is near. */
export function guess(wrong: string, names: readonly string[]): string {
  const near = nearest(wrong.toLowerCase(), names);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/** The name that it begins, or else the one that takes the fewest changes, if they are few for its length. */
function nearest(wrong: string, names: readonly string[]): string | undefined {
  const begun = names.find((name) => wrong.length > 2 && name.startsWith(wrong));
  if (begun) return begun;
  const ranked = names
    .map((name) => ({ name, changes: distance(wrong, name) }))
    .filter(({ name, changes }) => changes <= 2 && changes * 2 <= name.length)
    .sort((a, b) => a.changes - b.changes);
  return ranked[0]?.name;
}

/** Letters to insert, drop, replace or swap with their neighbour (Damerau; optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const changes = Math.min(row[j - 1]! + 1, last[j]! + 1, replaced);
      row.push(swapped ? Math.min(changes, before[j - 2]! + 1) : changes);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
