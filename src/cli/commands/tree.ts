/** `tree`: which traces are branches of which. */
import { familiesOf, type Kin, type Member } from '../../replay/branch/family.js';
import { outcomeText } from '../../replay/replayer.js';
import { TraceError } from '../../replay/trace/format.js';
import type { Trace } from '../../replay/trace/reader.js';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { filesIn } from '../host/files.js';
import { type Host, printable, say } from '../host/host.js';
import { fileName } from '../machine/options.js';
import { openTrace } from '../machine/trace.js';
import type { AddCommand } from './command.js';

interface TreeOptions {
  readonly json: boolean;
}

const SUFFIX = '.rewind';

export const addTree: AddCommand = (program, host, finish) => {
  program
    .command('tree')
    .description('show which traces are branches of which')
    .argument('<trace...>', `traces, or folders of files that end in ${SUFFIX}`, files, [])
    .option('--json', 'print one JSON object', false)
    .action((paths: readonly string[], options: TreeOptions) => finish(tree(paths, options, host)));
};

function files(value: string, before: readonly string[]): string[] {
  return [...before, fileName(value)];
}

function tree(paths: readonly string[], options: TreeOptions, host: Host): number {
  const names = [...new Set(paths.flatMap((path) => filesIn(path, SUFFIX)))];
  const members = names.flatMap((name) => openMember(name, host));
  if (members.length === 0) throw new CliError(ExitCode.notFound, `no traces in ${paths.join(', ')}`);
  const families = familiesOf(members);
  if (options.json) {
    const traces = families.flatMap((kin) => [...everyone(kin)]).map(kinJson);
    host.stdout.write(`${JSON.stringify({ traces })}\n`);
  } else {
    for (const kin of families) host.stdout.write(`${[...linesOf(kin, '', '')].join('\n')}\n`);
  }
  return members.length < names.length ? ExitCode.badTrace : ExitCode.ok;
}

/** What cannot be read is said, and does not keep the others from being shown. */
function openMember(name: string, host: Host): Member[] {
  try {
    return [{ name, trace: openTrace(name, { salvage: true }) }];
  } catch (error) {
    if (!(error instanceof TraceError || error instanceof CliError)) throw error;
    say(host, error.message);
    return [];
  }
}

function* everyone(kin: Kin): Generator<Kin> {
  yield kin;
  for (const child of kin.children) yield* everyone(child);
}

/** `first` before the line of the trace itself, `rest` before those of its branches. */
function* linesOf(kin: Kin, first: string, rest: string): Generator<string> {
  const { origin } = kin.member.trace.manifest;
  if (origin && !kin.parent) yield `(trace ${origin.trace} is not among the files)`;
  const isOrphan = origin !== undefined && !kin.parent;
  yield `${isOrphan ? '└─ ' : first}${lineOf(kin)}`;
  const below = isOrphan ? '   ' : rest;
  for (const [i, child] of kin.children.entries()) {
    const isLast = i === kin.children.length - 1;
    yield* linesOf(child, `${below}${isLast ? '└─ ' : '├─ '}`, `${below}${isLast ? '   ' : '│  '}`);
  }
}

function lineOf({ member: { name, trace } }: Kin): string {
  const { origin } = trace.manifest;
  const label = origin?.label === undefined ? '' : ` "${origin.label}"`;
  const from = origin ? `from clock ${origin.clock} (${secondsOf(trace, origin.clock).toFixed(3)} s), ` : '';
  const to = `to clock ${trace.covered} (${secondsOf(trace, trace.covered).toFixed(3)} s)`;
  return printable(`${name}${label}: ${from}${to}, ${endOf(trace)}`);
}

function secondsOf({ manifest: { frequency } }: Trace, clock: number): number {
  return (clock * frequency.den) / frequency.num;
}

function endOf({ end }: Trace): string {
  return end ? `${outcomeText(end.outcome)}, by ${end.reason}` : 'incomplete';
}

function kinJson({ member: { name, trace }, parent }: Kin): object {
  const { origin } = trace.manifest;
  return {
    trace: name,
    id: trace.id,
    parent: parent?.name ?? null,
    origin: origin
      ? { id: origin.trace, clock: origin.clock, seconds: secondsOf(trace, origin.clock) }
      : null,
    label: origin?.label ?? null,
    clock: trace.covered,
    seconds: secondsOf(trace, trace.covered),
    complete: trace.complete,
    outcome: trace.end ? outcomeText(trace.end.outcome) : 'unknown',
    endedBy: trace.end?.reason ?? null,
  };
}
