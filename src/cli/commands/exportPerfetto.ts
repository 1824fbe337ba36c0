/** `export --perfetto`: the run as trace events. */
import { RunEvents } from '../../replay/export/runEvents.js';
import { TraceEventWriter } from '../../replay/export/traceEvents.js';
import { bundledSymbols } from '../../replay/guest/bundledSymbols.js';
import { runSession } from '../machine/trace.js';
import { VERSION } from '../version.js';
import type { ExportJob } from './exportJob.js';

/** The signal that ended it, if one did. */
export async function exportPerfetto(job: ExportJob): Promise<string | undefined> {
  const { session, host, title, from, to, sink } = job;
  const { frequency } = session.manifest;
  const about = {
    trace: title,
    program: `rewind86 ${VERSION}`,
    'clocks per second': frequency.num / frequency.den,
  };
  const writer = new TraceEventWriter(sink, frequency, about);
  const signal = await runSession(session, from, host, { progress: true });
  const events = new RunEvents(session.machine, writer, bundledSymbols(session.trace));
  session.onNote = (note, clock) => clock <= to && events.note(note, clock);
  session.onInput = (channel, data, clock) => clock <= to && events.input(channel, data, clock);
  const slice = Math.ceil(frequency.num / frequency.den / 1000);
  const tick = { onSlice: () => events.tick() };
  const ended = signal ?? (await runSession(session, to + 1, host, { progress: true, slice, ...tick }));
  events.end();
  return ended;
}
