/**
 * Long work (moves, searches, queries) is a generator that gives a sign of life some times a second, so that who
 * drives it can show progress, do other things in between, or give it up with `return`. This is for those who do
 * not want to.
 */

/** Drives `work` to its end in one go, and returns what it came to. */
export function toEnd<T>(work: Generator<unknown, T, void>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value as T;
  }
}
