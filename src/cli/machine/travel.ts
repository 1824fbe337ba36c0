/** Moving a timeline from the command line: with progress on a terminal, and so that a signal can end it. */
import type { Timeline } from '../../replay/timeline/timeline.js';
import { type Host, say } from '../host/host.js';

/** Host milliseconds between signs of life on a terminal. */
const PROGRESS_MS = 200;

/** Goes to the first boundary at or after `clock`. Returns the name of the signal that stopped it, if one did. */
export async function travel(timeline: Timeline, clock: number, host: Host): Promise<string | undefined> {
  let signal: string | undefined;
  const unlisten = host.onSignal((name) => (signal = name));
  const visible = host.stderr.isTTY === true;
  let shown = performance.now();
  for (const here of timeline.seeking(clock)) {
    if (visible && performance.now() - shown > PROGRESS_MS) {
      shown = performance.now();
      host.stderr.write(`\rclock ${here} of ${clock}\x1b[K`);
    }
    await new Promise((resolve) => setImmediate(resolve));
    if (signal) break;
  }
  if (visible) host.stderr.write('\r\x1b[K');
  unlisten();
  if (signal) say(host, `ended by ${signal} at clock ${timeline.clock}`);
  return signal;
}
