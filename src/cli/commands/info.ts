/** `info`: what a trace holds, without replaying it and without building its machine. */
import { outcomeText } from '../../replay/replayer.js';
import type { Trace } from '../../replay/trace/reader.js';
import type { Description, Origin } from '../../replay/trace/records.js';
import { sha256 } from '../../replay/trace/sha256.js';
import { ExitCode } from '../exitCodes.js';
import { type Host, say } from '../host/host.js';
import { addTraceOptions, openTrace, type TraceOptions, warnIncomplete } from '../machine/trace.js';
import type { AddCommand } from './command.js';
import { tableOf } from './infoTable.js';

interface InfoOptions extends TraceOptions {
  readonly json: boolean;
}

export const addInfo: AddCommand = (program, host, finish) => {
  addTraceOptions(program.command('info').description('say what a trace holds'))
    .option('--json', 'print it as JSON', false)
    .action((path: string, options: InfoOptions) => finish(info(path, options, host)));
};

export interface Facts {
  readonly trace: string;
  readonly program: string;
  readonly identity: string;
  /** Of this trace; what its branches name as their parent. */
  readonly id: string;
  /** Of a branch. */
  readonly origin: Origin | undefined;
  readonly description: Description;
  readonly complete: boolean;
  /** False if the file ends before the run begins. */
  readonly replayable: boolean;
  readonly outcome: string;
  readonly endedBy: string | undefined;
  readonly clock: number;
  readonly instructions: number;
  readonly seconds: number;
  readonly checkEvery: number;
  readonly frames: number;
  readonly bytes: {
    readonly total: number;
    readonly images: number;
    readonly sectors: number;
    readonly run: number;
  };
  /** Bytes of each embedded image that is wholly there, by its SHA-256. */
  readonly images: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>> | undefined;
}

function factsOf(path: string, trace: Trace, replayable: boolean): Facts {
  const { manifest, end } = trace;
  const last = trace.segments.at(-1);
  const clock = trace.covered;
  const whole = [...trace.images()].filter(([, image]) => image.held === image.total);
  const images = trace.sizeOf('blob');
  const sectors = trace.sizeOf('contents');
  return {
    trace: path,
    program: manifest.program,
    identity: manifest.identity,
    id: trace.id,
    origin: manifest.origin,
    description: manifest.description,
    complete: trace.complete,
    replayable,
    outcome: end ? outcomeText(end.outcome) : 'unknown',
    endedBy: end?.reason,
    clock,
    instructions: end?.retired ?? (last ? trace.segment(last).retired : 0),
    seconds: (clock * manifest.frequency.den) / manifest.frequency.num,
    checkEvery: manifest.checkEvery,
    frames: trace.frames.length,
    bytes: { total: trace.size, images, sectors, run: trace.size - images - sectors },
    images: Object.fromEntries(whole.map(([id, image]) => [id, image.total])),
    events: end?.counts,
  };
}

function info(path: string, options: InfoOptions, host: Host): number {
  const trace = openTrace(path, options);
  const { lack } = trace;
  const facts = factsOf(path, trace, lack === undefined);
  if (options.json) host.stdout.write(`${JSON.stringify(facts)}\n`);
  else host.stdout.write(`${tableOf(facts, (board, memory) => sha256(host.firmware(board, memory)))}\n`);
  if (lack) {
    say(host, `${path}: ${lack.message}`);
    return ExitCode.badTrace;
  }
  warnIncomplete(host, path, trace);
  return ExitCode.ok;
}
