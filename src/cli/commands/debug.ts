/** `debug`: moves through a recorded run on the terminal, both ways. */
import { basename } from 'node:path';
import { bundledSymbols } from '../../replay/guest/bundledSymbols.js';
import type { Trace } from '../../replay/trace/reader.js';
import type { SessionFacts } from '../../tui/session.js';
import type { runInterface } from '../debug/interface.js';
import type { Opening } from '../debug/messages.js';
import { RemoteSession } from '../debug/remoteSession.js';
import { SessionCast } from '../debug/sessionCast.js';
import { CliError, usage } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { protectInputs, readWhole } from '../host/files.js';
import { type Host, printable } from '../host/host.js';
import { fileName } from '../machine/options.js';
import { SYMBOLS_HELP, symbolsFor } from '../machine/symbols.js';
import { addTimelineOptions, openTrace, type TimelineOptions } from '../machine/trace.js';
import type { AddCommand } from './command.js';

interface DebugOptions extends TimelineOptions {
  readonly symbols?: string;
  readonly at?: string;
  readonly marks?: string;
  readonly cast?: string;
  readonly mouse: boolean;
}

export const addDebug: AddCommand = (program, host, finish) => {
  addTimelineOptions(
    program.command('debug').description('move through a recorded run on the terminal, both ways'),
  )
    .option('--symbols <file>', SYMBOLS_HELP, fileName)
    .option('--at <place>', 'where to begin: a clock, 12%, 1.5s, i:INSTRUCTION, end')
    .option('--marks <file>', 'marks that :marks has saved', fileName)
    .option('--cast <file>', 'record the session for asciinema', fileName)
    .option('--no-mouse', 'leave the mouse to the terminal')
    .action(async (path: string, options: DebugOptions) => finish(await debug(path, options, host)));
};

async function debug(path: string, options: DebugOptions, host: Host): Promise<number> {
  if (!host.stdin.isTTY || !host.stdout.isTTY) {
    throw usage('debug needs a terminal; without one there are gdb, dap, bisect and events');
  }
  const trace = openTrace(path, options);
  if (!trace.begun) throw trace.lack;
  // What is wrong with the file is said before the terminal is taken.
  symbolsFor(trace, options.symbols);
  const marks = options.marks === undefined ? '' : readMarks(options.marks);
  const { symbols, engine, salvage, checkpointMemory, at } = options;
  const opening: Opening = { path, engine, salvage, checkpointMemory, symbols, marks: parseMarks(marks) };
  const cast = options.cast === undefined ? undefined : castOf(options.cast, path, host);
  const session = await RemoteSession.open(factsOf(path, trace), opening);
  try {
    const first = at === undefined ? [] : [`seek ${at}`];
    const run = await loadInterface();
    return await run(session, host, {
      mouse: options.mouse,
      cast,
      initial: { marks },
      first,
    });
  } finally {
    await session.close();
    cast?.close();
  }
}

/** React is slow, and keeps a record of every frame, unless it is told that nobody develops here. */
async function loadInterface(): Promise<typeof runInterface> {
  process.env['NODE_ENV'] ??= 'production';
  return (await import('../debug/interface.js')).runInterface;
}

function factsOf(path: string, trace: Trace): SessionFacts {
  const { frequency, description } = trace.manifest;
  return {
    trace: printable(basename(path)),
    end: trace.covered,
    frequency: frequency.num / frequency.den,
    board: description.board,
    demo: bundledSymbols(trace).address('worker_a.additions') !== undefined,
    live: false,
  };
}

function castOf(path: string, trace: string, host: Host): SessionCast {
  protectInputs(path, [trace]);
  const { columns = 80, rows = 24 } = host.stdout as { columns?: number; rows?: number };
  return new SessionCast(path, { columns, rows }, `rewind86 debug ${printable(basename(trace))}`);
}

function readMarks(path: string): string {
  const text = new TextDecoder().decode(readWhole(path));
  const wrong = text.split('\n').findIndex((row) => row !== '' && !/^\d{1,15} [A-Za-z_][\w-]*$/.test(row));
  if (wrong >= 0) throw new CliError(ExitCode.badInput, `${path}: line ${wrong + 1} is no clock and name`);
  return text;
}

function parseMarks(text: string): Opening['marks'] {
  const rows = text.split('\n').filter((row) => row !== '');
  return rows.map((row) => [row.slice(row.indexOf(' ') + 1), Number.parseInt(row, 10)]);
}
