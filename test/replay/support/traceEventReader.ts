/**
 * Reads trace events back ("Trace Event Format", JSON object form), and throws where they break its rules: slices
 * nest and end, and the times of a track do not decrease.
 */

interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly name: string;
  readonly args: Readonly<Record<string, string | number>>;
}

export interface Slice {
  readonly track: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly args: TraceEvent['args'];
  /** What was said of its end. */
  readonly end: TraceEvent['args'];
}

export interface TraceEvents {
  /** `group/track`. */
  readonly tracks: readonly string[];
  /** In the order in which they end. */
  readonly slices: readonly Slice[];
  readonly instants: readonly { readonly track: string; readonly name: string; readonly ts: number }[];
  readonly counters: readonly { readonly name: string; readonly ts: number; readonly value: number }[];
}

export function readTraceEvents(text: string): TraceEvents {
  const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] };
  const names = namesOf(traceEvents);
  const slices: Slice[] = [];
  const instants: { track: string; name: string; ts: number }[] = [];
  const counters: { name: string; ts: number; value: number }[] = [];
  const open = new Map<string, TraceEvent[]>();
  const last = new Map<string, number>();
  for (const event of traceEvents) {
    const { ph, name, ts, args } = event;
    if (ph === 'M') continue;
    if (ph === 'C') {
      counters.push({ name, ts, value: args['value'] as number });
      continue;
    }
    const track = names.get(`${event.pid}.${event.tid}`);
    if (track === undefined) throw new Error(`a track without a name: ${JSON.stringify(event)}`);
    if (ts < (last.get(track) ?? 0)) throw new Error(`back in time: ${JSON.stringify(event)}`);
    last.set(track, ts);
    const stack = open.get(track) ?? [];
    open.set(track, stack);
    if (ph === 'i') instants.push({ track, name, ts });
    else if (ph === 'B') stack.push(event);
    else if (ph === 'E') slices.push(sliceOf(track, stack.pop(), event));
    else throw new Error(`phase ${ph}`);
  }
  for (const [track, stack] of open) if (stack.length > 0) throw new Error(`${track} has an open slice`);
  return { tracks: [...names.values()], slices, instants, counters };
}

function sliceOf(track: string, begin: TraceEvent | undefined, end: TraceEvent): Slice {
  if (!begin) throw new Error(`${track} ends what has not begun`);
  return { track, name: begin.name, from: begin.ts, to: end.ts, args: begin.args, end: end.args };
}

function namesOf(events: readonly TraceEvent[]): Map<string, string> {
  const named = (what: string) => events.filter(({ ph, name }) => ph === 'M' && name === what);
  const groups = new Map(named('process_name').map(({ pid, args }) => [pid, args['name']]));
  return new Map(
    named('thread_name').map(({ pid, tid, args }) => [`${pid}.${tid}`, `${groups.get(pid)}/${args['name']}`]),
  );
}
