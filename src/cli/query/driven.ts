/** Drives a long move or search: with progress on a terminal, and so that a signal can end it. */
import { type Host, say } from '../host/host.js';

const PROGRESS_MS = 200;

export type Driven<T> = { readonly signal: undefined; readonly value: T } | { readonly signal: string };

/** `run` yields clocks. */
export async function driven<T>(run: Generator<number, T, void>, host: Host): Promise<Driven<T>> {
  let signal: string | undefined;
  const unlisten = host.onSignal((name) => (signal = name));
  const visible = host.stderr.isTTY === true;
  let shown = performance.now();
  try {
    let step = run.next();
    for (; !step.done && !signal; step = run.next()) {
      if (visible && performance.now() - shown > PROGRESS_MS) {
        shown = performance.now();
        host.stderr.write(`\rclock ${step.value}\x1b[K`);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (step.done) return { signal: undefined, value: step.value };
  } finally {
    if (visible) host.stderr.write('\r\x1b[K');
    unlisten();
  }
  say(host, `ended by ${signal}`);
  return { signal: signal! };
}
