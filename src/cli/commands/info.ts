/** `info`: what a trace holds, without replaying it and without building its machine. */
import { outcomeText } from '../../replay/replayer.js';
import type { Trace } from '../../replay/trace/reader.js';
import { ExitCode } from '../exitCodes.js';
import type { Host } from '../host/host.js';
import { addTraceOptions, openTrace, type TraceOptions, warnIncomplete } from '../machine/trace.js';
import type { AddCommand } from './command.js';

interface InfoOptions extends TraceOptions {
  readonly json: boolean;
}

export const addInfo: AddCommand = (program, host, finish) => {
  addTraceOptions(program.command('info').description('say what a trace holds'))
    .option('--json', 'print it as JSON', false)
    .action((path: string, options: InfoOptions) => finish(info(path, options, host)));
};

interface Facts {
  readonly program: string;
  readonly identity: string;
  readonly description: object;
  readonly complete: boolean;
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
  readonly events: Readonly<Record<string, number>> | undefined;
}

function factsOf(trace: Trace): Facts {
  const { manifest, end } = trace;
  const last = trace.segments.at(-1);
  const clock = trace.covered;
  const images = trace.sizeOf('blob');
  const sectors = trace.sizeOf('contents');
  return {
    program: manifest.program,
    identity: manifest.identity,
    description: manifest.description,
    complete: trace.complete,
    outcome: end ? outcomeText(end.outcome) : 'unknown',
    endedBy: end?.reason,
    clock,
    instructions: end?.retired ?? (last ? trace.segment(last).retired : 0),
    seconds: (clock * manifest.frequency.den) / manifest.frequency.num,
    checkEvery: manifest.checkEvery,
    frames: trace.frames.length,
    bytes: { total: trace.size, images, sectors, run: trace.size - images - sectors },
    events: end?.counts,
  };
}

function info(path: string, options: InfoOptions, host: Host): number {
  const trace = openTrace(path, options);
  warnIncomplete(host, path, trace);
  const facts = factsOf(trace);
  if (options.json) host.stdout.write(`${JSON.stringify(facts)}\n`);
  else host.stdout.write(table(facts));
  return ExitCode.ok;
}

function table(facts: Facts): string {
  const { bytes } = facts;
  const events = Object.entries(facts.events ?? {}).filter(([, n]) => n > 0);
  const rows: [string, string][] = [
    ['recorded by', facts.program],
    ['machine', `${JSON.stringify(facts.description)}, identity ${facts.identity}`],
    ['run', `${facts.clock} clocks, ${facts.instructions} instructions, ${facts.seconds.toFixed(3)} s`],
    ['end', facts.complete ? `${facts.outcome}, by ${facts.endedBy}` : 'not recorded'],
    ['checks', `every ${facts.checkEvery} clocks`],
    ['size', `${bytes.total} bytes in ${facts.frames} frames`],
    ['', `images ${bytes.images}, disk sectors ${bytes.sectors}, the run itself ${bytes.run}`],
    [
      'events',
      facts.events ? events.map(([kind, n]) => `${kind} ${n}`).join(', ') || 'none' : 'not recorded',
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)} ${value}\n`).join('');
}
