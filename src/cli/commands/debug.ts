/** `debug`: moves through a recorded run on the terminal, both ways; or through one that is still going on. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { runInterface } from '../debug/interface.js';
import type { Opening } from '../debug/messages.js';
import { RemoteSession } from '../debug/remoteSession.js';
import { SessionCast } from '../debug/sessionCast.js';
import { CliError, usage } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { freeName, protectInputs, protectOutput, readWhole } from '../host/files.js';
import { type Host, printable, say } from '../host/host.js';
import type { View } from '../host/terminal.js';
import { display, viewOf } from '../machine/live.js';
import { addMachineOptions, fileName, type MachineOptions } from '../machine/options.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import { CHECKPOINT_OPTION, openTrace } from '../machine/trace.js';
import type { AddCommand } from './command.js';

interface DebugOptions extends MachineOptions {
  readonly live: boolean;
  readonly output?: string;
  readonly display?: View;
  readonly salvage: boolean;
  readonly checkpointMemory?: number;
  readonly symbols?: string;
  readonly at?: string;
  readonly marks?: string;
  readonly cast?: string;
  readonly mouse: boolean;
}

export const addDebug: AddCommand = (program, host, finish) => {
  const command = program
    .command('debug')
    .description('move through a run on the terminal, both ways: a recorded one, or one that is going on')
    .argument('[trace]', 'a file written by record', fileName)
    .option('--live', 'build a machine as record does, and run it', false)
    .option('-o, --output <file>', 'of --live: the trace (default: run-001.rewind ...)', fileName)
    .option('--display <what>', 'what a running machine shows: serial or screen', display)
    .option('--salvage', 'take what comes before damage for the whole trace', false)
    .option(...CHECKPOINT_OPTION)
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .option('--at <place>', 'where to begin: a clock, 12%, 1.5s, i:INSTRUCTION, end')
    .option('--marks <file>', 'marks that :marks has saved', fileName)
    .option('--cast <file>', 'record the session for asciinema', fileName)
    .option('--no-mouse', 'leave the mouse to the terminal');
  const own = command.options.length;
  addMachineOptions(command);
  const machine = command.options.slice(own).map((option) => option.attributeName());
  command.action(async (path: string | undefined, options: DebugOptions) => {
    const given = (names: readonly string[]) => givenOf(command, names);
    refuse(path, options, given(machine.filter((name) => !OF_TRACES.includes(name))), given(OF_RECORDED));
    finish(await debug(path, options, host));
  });
};

/** Machine options that mean something with a trace, too: images are what its branches read. */
const OF_TRACES = ['engine', 'disk', 'floppy'];
const OF_RECORDED = ['salvage', 'at', 'marks'];

/** The first of these options that the user has given, as the user writes it. */
function givenOf(command: Command, names: readonly string[]): string | undefined {
  const given = names.find((name) => command.getOptionValueSource(name) === 'cli');
  return command.options.find((option) => option.attributeName() === given)?.long ?? undefined;
}

/** Refuses what contradicts itself: options of machines with a trace, and of traces with a machine. */
function refuse(
  path: string | undefined,
  { live, output, net }: DebugOptions,
  ofMachine: string | undefined,
  ofTrace: string | undefined,
): void {
  if (!live && path === undefined) throw usage('debug needs a trace; or --live, and a machine to run');
  if (!live && (ofMachine ?? output) !== undefined) throw usage(`${ofMachine ?? '--output'} is for --live`);
  if (!live) return;
  if (path !== undefined) throw usage(`--live builds a machine, and ${path} is a trace: L goes on from it`);
  if (net !== undefined && net !== 'none') throw usage('--live has no peer for the network: --net none');
  if (ofTrace !== undefined) throw usage(`${ofTrace} is for recorded runs, not for --live`);
}

async function debug(path: string | undefined, options: DebugOptions, host: Host): Promise<number> {
  if (!host.stdin.isTTY || !host.stdout.isTTY) {
    throw usage('debug needs a terminal; without one there are gdb, dap, bisect and events');
  }
  const opening = path === undefined ? openingOfMachine(options) : openingOfTrace(path, options);
  const cast = options.cast === undefined ? undefined : castOf(options.cast, opening, host);
  const session = await RemoteSession.open(opening);
  let told: readonly string[] = [];
  try {
    const run = await loadInterface();
    const initial = { marks: marksText(opening.marks), display: displayOf(opening, options) };
    const code = await run(session, host, { mouse: options.mouse, cast, initial, first: firstOf(options) });
    told = await session.finish();
    return code;
  } finally {
    await session.close();
    cast?.close();
    for (const line of told) say(host, line);
  }
}

function firstOf({ live, at }: DebugOptions): readonly string[] {
  if (live) return ['resume'];
  return at === undefined ? [] : [`seek ${at}`];
}

/** What is wrong with the file is said before the terminal is taken. */
function openingOfTrace(path: string, options: DebugOptions): Opening {
  const { symbols, engine, salvage, checkpointMemory, disk, floppy } = options;
  const trace = openTrace(path, options);
  if (!trace.begun) throw trace.lack;
  symbolsFor(trace, symbols);
  const marks = options.marks === undefined ? [] : parseMarks(options.marks);
  return { path, engine, salvage, checkpointMemory, symbols, marks, images: { disk, floppy } };
}

function openingOfMachine(options: DebugOptions): Opening {
  const { symbols, engine, checkpointMemory, output } = options;
  const live = { ...options, quiet: false, json: false };
  const path = output ?? freeName('run', 'rewind');
  return { path, engine, salvage: false, checkpointMemory, symbols, marks: [], live };
}

/** Where a user at the keyboard will want to look. */
function displayOf({ path, live }: Opening, options: DebugOptions): View {
  if (options.display) return options.display;
  if (live) return viewOf(live);
  const { kernel } = openTrace(path, options).manifest.description;
  const append = (kernel as { readonly append?: string } | undefined)?.append ?? '';
  return /\bconsole=ttyS0\b/.test(append) ? 'serial' : 'screen';
}

/** React is slow, and keeps a record of every frame, unless it is told that nobody develops here. */
async function loadInterface(): Promise<typeof runInterface> {
  process.env['NODE_ENV'] ??= 'production';
  return (await import('../debug/interface.js')).runInterface;
}

function castOf(path: string, { path: trace, live }: Opening, host: Host): SessionCast {
  if (live) protectOutput(path, trace);
  else protectInputs(path, [trace]);
  const { columns = 80, rows = 24 } = host.stdout as { columns?: number; rows?: number };
  return new SessionCast(path, { columns, rows }, `rewind86 debug ${printable(basename(trace))}`);
}

function parseMarks(path: string): Opening['marks'] {
  const rows = new TextDecoder().decode(readWhole(path)).split('\n');
  const wrong = rows.findIndex((row) => row !== '' && !/^\d{1,15} [A-Za-z_][\w-]*$/.test(row));
  if (wrong >= 0) throw new CliError(ExitCode.badInput, `${path}: line ${wrong + 1} is no clock and name`);
  return rows
    .filter((row) => row !== '')
    .map((row) => [row.slice(row.indexOf(' ') + 1), Number.parseInt(row, 10)]);
}

const marksText = (marks: Opening['marks']): string =>
  marks.map(([name, clock]) => `${clock} ${name}\n`).join('');
