/**
 * What is computed for a place is kept as long as the debugger stands there: panels share it, and looking again, or
 * scrolling, costs nothing.
 */
import type { Debugger } from '../debug/debugger.js';

interface Kept {
  readonly clock: number;
  readonly values: Map<string, unknown>;
}

const kept = new WeakMap<Debugger, Kept>();

/** What `make` gives where the debugger stands; `name` says what it is, with all that it depends on besides. */
export function once<T>(debug: Debugger, name: string, make: () => T): T {
  const { clock } = debug;
  let here = kept.get(debug);
  if (here?.clock !== clock) {
    here = { clock, values: new Map() };
    kept.set(debug, here);
  }
  if (!here.values.has(name)) here.values.set(name, make());
  return here.values.get(name) as T;
}
