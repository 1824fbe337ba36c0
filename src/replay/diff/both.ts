/** Things that there are two of: one of each run. */

export interface Both<T> {
  readonly a: T;
  readonly b: T;
}

export function both<T, U>({ a, b }: Both<T>, make: (one: T) => U): Both<U> {
  return { a: make(a), b: make(b) };
}

/** Something that has a name on both sides and not the same value. */
export interface Differing<T> extends Both<T> {
  readonly name: string;
}

/** Neighbouring places: the runs are equal up to the one, and not where the next boundary of each lies. */
export interface Parting {
  readonly before: number;
  readonly after: Both<number>;
}
