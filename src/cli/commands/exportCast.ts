/** `export --cast`: the serial console or the text screen as a recording for asciinema. */
import { type AsciicastTimes, AsciicastWriter } from '../../replay/export/asciicast.js';
import { isSetUp, ScreenCast, type ScreenSize } from '../../replay/export/screenCast.js';
import { SerialCast } from '../../replay/export/serialCast.js';
import { screenOf } from '../../replay/guest/screen.js';
import { runSession } from '../machine/trace.js';
import type { ExportJob } from './exportJob.js';

/** Guest frames a second: what happens within one is shown at once. */
const FRAMES = 30;
/** A serial terminal's, and that of the text mode in which PCs begin. */
const SERIAL_SIZE: ScreenSize = { columns: 80, rows: 24 };
const SCREEN_SIZE: ScreenSize = { columns: 80, rows: 25 };

/** The signal that ended it, if one did. */
export async function exportCast(job: ExportJob, screen: boolean): Promise<string | undefined> {
  const { session, host, from } = job;
  const signal = await runSession(session, from, host, { progress: true });
  const { num, den } = session.manifest.frequency;
  const frame = Math.ceil(num / den / FRAMES);
  return screen ? castScreen(job, frame, signal) : castSerial(job, frame, signal);
}

async function castSerial(job: ExportJob, frame: number, signal: string | undefined) {
  const { session, host, to } = job;
  const cast = new SerialCast(writerOf(job, 'serial console', SERIAL_SIZE), frame);
  session.onNote = (note, clock) => clock <= to && cast.note(note, clock);
  const ended = signal ?? (await runSession(session, to + 1, host, { progress: true }));
  cast.end();
  return ended;
}

async function castScreen(job: ExportJob, frame: number, signal: string | undefined) {
  const { session, host, to } = job;
  const now = screenOf(session.machine);
  const size = now && isSetUp(now) ? now : SCREEN_SIZE;
  const cast = new ScreenCast(writerOf(job, 'screen', size), size);
  const look = () => cast.look(session.clock, screenOf(session.machine));
  look();
  return signal ?? runSession(session, to, host, { progress: true, slice: frame, onSlice: look });
}

function writerOf(job: ExportJob, what: string, { columns, rows }: ScreenSize): AsciicastWriter {
  const { session, title, sink } = job;
  const { frequency, description } = session.manifest;
  const { bootInstant } = description;
  const times: AsciicastTimes = { frequency, from: session.clock };
  const seconds = (session.clock * frequency.den) / frequency.num;
  return new AsciicastWriter(sink, times, {
    width: columns,
    height: rows,
    title: `${title}: ${what} of a ${description.board}`,
    timestamp: typeof bootInstant === 'number' ? Math.floor(bootInstant + seconds) : undefined,
  });
}
