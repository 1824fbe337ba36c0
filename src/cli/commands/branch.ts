/** `branch`: from a place in a recorded run into another run, recorded as a trace of its own. */
import type { Command } from 'commander';
import { changesOf } from '../../replay/branch/assignment.js';
import { type Branch, branch } from '../../replay/branch/branch.js';
import { inputsOf, KeepingInputs } from '../../replay/branch/inputs.js';
import { type Change, inputOfChange } from '../../replay/changes.js';
import type { Place } from '../../replay/debug/places.js';
import { ExpressionError } from '../../replay/expression/tokens.js';
import { ChangeError } from '../../replay/guest/changeError.js';
import type { Symbols } from '../../replay/guest/symbols.js';
import { outcomeText } from '../../replay/replayer.js';
import type { Script } from '../../replay/script/parse.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { hex64 } from '../../replay/trace/hash.js';
import type { Trace } from '../../replay/trace/reader.js';
import { CliError, usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { BranchProvider, MissingContents } from '../host/branchProvider.js';
import { checkWritable, freeName, protectInputs, type ReadFile, WriteFile } from '../host/files.js';
import { type Host, say } from '../host/host.js';
import type { View } from '../host/terminal.js';
import type { Wire } from '../host/udpWire.js';
import { branchImages } from '../machine/branchImages.js';
import { Drive, type Ended } from '../machine/drive.js';
import { driveInSlices, toward } from '../machine/inSlices.js';
import {
  announce,
  display,
  endText,
  exitCodeOf,
  guestSeconds,
  loadScript,
  reasonOf,
} from '../machine/live.js';
import { type NetworkOption, networkOption, openWire } from '../machine/network.js';
import { fileName, natural, seconds } from '../machine/options.js';
import { clocksOf, PLACES, place, runOf, sayBoundary } from '../machine/places.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import { addTimelineOptions, openTimeline, type TimelineOptions, warnIncomplete } from '../machine/trace.js';
import { PROGRAM } from '../version.js';
import { type EditOptions, type Edits, editsOf, inputsAfter } from './branchEdits.js';
import type { AddCommand } from './command.js';

interface BranchOptions extends TimelineOptions, EditOptions {
  readonly at?: Place;
  readonly poke: readonly string[];
  readonly interrupt?: number;
  readonly nmi: boolean;
  readonly keepInputs?: boolean;
  readonly script?: string;
  readonly live: boolean;
  readonly net?: NetworkOption;
  readonly until?: Place;
  readonly timeLimit?: number;
  readonly disk: readonly string[];
  readonly floppy: readonly string[];
  readonly entropySeed: number;
  readonly symbols?: string;
  readonly label?: string;
  readonly output?: string;
  readonly display?: View;
  readonly quiet: boolean;
  readonly json: boolean;
}

export const addBranch: AddCommand = (program, host, finish) => {
  const command = program.command('branch').description('go on from a place in a run, otherwise than it did');
  addChanges(addTimelineOptions(command));
  addRun(command).action(async (path: string, options: BranchOptions) => {
    finish(await goOn(path, options, host));
  });
};

const several = (value: string, before: readonly string[]): string[] => [...before, value];
const files = (value: string, before: readonly string[]): string[] => [...before, fileName(value)];

function addChanges(command: Command): Command {
  return command
    .option('--at <place>', 'where the branch begins', place)
    .option(
      '--poke <place=value>',
      'change memory, a register or a field of a device, e.g. eax=0',
      several,
      [],
    )
    .option('--interrupt <vector>', 'let the CPU take an interrupt', natural(255))
    .option('--nmi', 'let the CPU take a non-maskable interrupt', false)
    .option('--drop-input <n>', 'leave out an input; numbers as events --kind input lists them', several, [])
    .option('--change-input <n=data>', 'give an input other text, or bytes as 0x...', several, [])
    .option('--move-input <n=place>', 'give an input at another clock', several, [])
    .option('--symbols <file>', SYMBOLS_HELP, fileName);
}

function addRun(command: Command): Command {
  return command
    .option('--keep-inputs', "give it its parent's later inputs (default without --script and --live)")
    .option('--no-keep-inputs', 'give it none')
    .option('--script <file>', 'drive the guest by a script from there on', fileName)
    .option('--live', 'take over at the keyboard', false)
    .option('--net <where>', "with --live or --script: the network adapter's cable", networkOption)
    .option('--until <place>', 'where to end (default: where its parent ended)', place)
    .option('--time-limit <seconds>', 'end after so many seconds of guest time since power-on', seconds)
    .option('--disk <file>', 'the disk image recorded from, for sectors its parent never read', files, [])
    .option('--floppy <file>', 'the same of a floppy', files, [])
    .option('--entropy-seed <n>', 'seed of what it draws beyond its parent', natural(2 ** 32 - 1), 0)
    .option('--label <text>', 'a name for the branch')
    .option('-o, --output <file>', 'the trace (default: the first free of branch-001.rewind ...)', fileName)
    .option('--display <what>', 'serial or screen (default: by the kernel command line)', display)
    .option('-q, --quiet', "do not show the guest's output", false)
    .option('--json', "print a summary as JSON instead of the guest's output", false)
    .addHelpText('after', PLACES);
}

async function goOn(path: string, options: BranchOptions, host: Host): Promise<number> {
  if (options.live && options.script !== undefined) throw usage('--live and --script exclude each other');
  const script = options.script === undefined ? undefined : loadScript(options.script);
  const timeline = openTimeline(path, options, host);
  const { trace } = timeline;
  checkNetwork(options, trace);
  warnIncomplete(host, path, trace);
  const run = runOf(timeline);
  const clocks = await clocksOf({ at: options.at, until: options.until }, run, host);
  if (typeof clocks === 'string') return signalCode(clocks);
  const edits = await editsOf(options, inputsOf(trace), run, host);
  if (typeof edits === 'string') return signalCode(edits);
  const images = branchImages(options, trace);
  const symbols = symbolsFor(trace, options.symbols);
  const given = [path, options.script, options.symbols, ...options.disk, ...options.floppy];
  const out = new Output(options.output ?? freeName('branch', 'rewind'), given);
  const signal = await goTo(timeline, startOf(clocks.at, edits), edits, host);
  if (signal) return signalCode(signal);
  const changes = changesHere(options, timeline, symbols, host);
  if (!changes) return ExitCode.usage;
  sayBoundary('at', clocks.at, timeline, host);
  const wire = await openWire(options.net);
  const begun = guarded(() => begin(timeline, changes, options, out, images));
  const setting = { script, trace, edits, path, until: clocks.until, wire };
  return await record(begun, setting, out, options, host);
}

/** Without anybody new to talk to, the guest hears what its parent has heard. */
function checkNetwork({ net, live, script }: BranchOptions, trace: Trace): void {
  if (net === undefined) return;
  if (!live && script === undefined) throw usage('--net needs --live or --script');
  if (!trace.manifest.description['nic']) throw usage('--net: the machine has no network adapter');
}

/** A trace's file, which is only opened when it is certain that there will be a trace. */
class Output {
  readonly path: string;
  #held: Uint8Array[] = [];
  #file: WriteFile | undefined;

  constructor(path: string, inputs: readonly (string | undefined)[]) {
    protectInputs(
      path,
      inputs.filter((input) => input !== undefined),
    );
    checkWritable(path);
    this.path = path;
  }

  readonly write = (bytes: Uint8Array): void => {
    if (this.#file) this.#file.write(bytes);
    else this.#held.push(bytes);
  };

  open(): void {
    this.#file = new WriteFile(this.path);
    for (const bytes of this.#held) this.#file.write(bytes);
    this.#held = [];
  }

  close(): void {
    this.#file?.close();
  }
}

/** Where it begins: as the user says; else before the first input that is changed. */
function startOf(at: number | undefined, edits: Edits | undefined): number | undefined {
  if (at === undefined && !edits) throw usage('--at PLACE says where the branch begins');
  if (at === undefined) return undefined;
  if (edits && at >= edits.from) throw usage(`--at ${at} is not before what is changed, clock ${edits.from}`);
  return at;
}

async function goTo(
  timeline: Timeline,
  at: number | undefined,
  edits: Edits | undefined,
  host: Host,
): Promise<string | undefined> {
  const goal = at ?? edits!.from;
  const { signal } = await driveInSlices(timeline.seeking(goal), host, {
    ...toward(goal),
    where: () => ` at clock ${timeline.clock}`,
  });
  if (!signal && at === undefined) timeline.stepBack();
  return signal;
}

/** What is to be changed, all of it by the state as it is here; shows what cannot be understood. */
function changesHere(
  options: BranchOptions,
  { machine }: Timeline,
  symbols: Symbols,
  host: Host,
): Change[] | undefined {
  const { poke, nmi, interrupt } = options;
  try {
    const pokes = guarded(() => poke.flatMap((text) => changesOf(text, machine, symbols)));
    const vectors = interrupt === undefined ? [] : [{ kind: 'interrupt', vector: interrupt } as const];
    return [...pokes, ...(nmi ? [{ kind: 'nmi' } as const] : []), ...vectors];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    say(host, `--poke: ${error.message}`);
    say(host, `  ${error.source}`);
    say(host, `  ${error.caret}`);
    return undefined;
  }
}

function guarded<T>(change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (error instanceof ChangeError) throw new CliError(ExitCode.badInput, error.message);
    throw error;
  }
}

/** The branch, with its changes made. */
function begin(
  timeline: Timeline,
  changes: readonly Change[],
  options: BranchOptions,
  out: Output,
  images: ReadonlyMap<string, ReadFile>,
): Branch {
  const provider = new BranchProvider(images, options.entropySeed);
  const begun = branch(timeline, { sink: out.write, program: PROGRAM, label: options.label, provider });
  for (const change of changes) {
    const { channel, data } = inputOfChange(change);
    begun.recorder.input(channel, data);
  }
  begun.recorder.flush();
  return begun;
}

interface Setting {
  readonly script: Script | undefined;
  readonly trace: Trace;
  readonly edits: Edits | undefined;
  /** Of the parent. */
  readonly path: string;
  readonly wire: Wire | undefined;
  /** Where to end, if it was said. */
  readonly until: number | undefined;
}

async function record(
  begun: Branch,
  setting: Setting,
  out: Output,
  options: BranchOptions,
  host: Host,
): Promise<number> {
  const { recorder } = begun;
  out.open();
  if (options.live) announce(options, host);
  try {
    const ended = await drive(begun, setting, options, host);
    const final = recorder.finish(reasonOf(ended));
    return tell(ended, { ...final, begun, setting, path: out.path }, options, host);
  } catch (error) {
    if (error instanceof ChangeError) recorder.flush();
    else if (!(error instanceof MissingContents)) throw error;
    say(host, `${error.message}; ${out.path} ends before, at clock ${recorder.written}`);
    return error instanceof ChangeError ? ExitCode.badInput : ExitCode.contentsMissing;
  } finally {
    out.close();
  }
}

function drive(begun: Branch, setting: Setting, options: BranchOptions, host: Host): Promise<Ended> {
  const { recorder, inputsBefore } = begun;
  const { wire, script, trace, edits } = setting;
  const keeps = options.keepInputs ?? (!script && !options.live);
  const kept = keeps ? inputsAfter(inputsOf(trace), inputsBefore, edits) : [];
  const until = setting.until ?? (script || options.live ? undefined : endOf(trace));
  return new Drive(new KeepingInputs(recorder, kept), host, {
    script,
    timeLimit: options.timeLimit,
    ...(until !== undefined && { until }),
    wire,
    alone: !options.live,
    view: options.display ?? viewOf(trace, options),
    show: !options.quiet && !options.json,
    onFlush: () => recorder.flush(),
  }).run();
}

/** Where a user at the keyboard will want to look; nobody else has more than the serial line. */
function viewOf({ manifest: { description } }: Trace, { live }: BranchOptions): View {
  const kernel = description['kernel'] as { readonly append?: string } | undefined;
  return live && !/\bconsole=ttyS0\b/.test(kernel?.append ?? '') ? 'screen' : 'serial';
}

/** Whatever ended the parent did so at its last clock, but only an attempt to go on shows it. */
function endOf({ covered, end }: Trace): number {
  return end?.outcome ? covered + 1 : covered;
}

interface Told {
  readonly clock: number;
  readonly retired: number;
  readonly stateHash: bigint;
  readonly traceBytes: number;
  readonly begun: Branch;
  readonly setting: Setting;
  readonly path: string;
}

function tell(ended: Ended, told: Told, options: BranchOptions, host: Host): number {
  const { machine } = told.begun.recorder;
  const { clock, retired, traceBytes, path } = told;
  const stateHash = hex64(told.stateHash);
  const asAsked = ended.by === 'limit' && options.timeLimit === undefined;
  if (ended.by === 'failed-script') say(host, ended.message);
  if (options.json) {
    const { trace } = told.setting;
    const parent = { trace: told.setting.path, id: trace.id, clock: told.begun.clock };
    const outcome = outcomeText(machine.outcome);
    const summary = { trace: path, parent, traceBytes, clock, instructions: retired, stateHash };
    host.stdout.write(`${JSON.stringify({ ...summary, endedBy: ended.by, outcome })}\n`);
  } else if (!options.quiet) {
    const end = asAsked ? `ended at clock ${clock} (${guestSeconds(machine)} s)` : endText(ended, machine);
    const from = `branched at clock ${told.begun.clock}`;
    say(host, `${from}; ${end}; ${path}: ${traceBytes} bytes, state ${stateHash}`);
  }
  return asAsked ? ExitCode.ok : exitCodeOf(ended, machine.outcome);
}
