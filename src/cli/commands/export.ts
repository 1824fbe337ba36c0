/** `export`: writes what a trace's machine did in a form that other programs read. */
import { BusVcd, busOf, watchBus } from '../../replay/busVcd.js';
import type { Session } from '../../replay/session.js';
import { CliError, usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { checkWritable, protectInputs, WriteFile } from '../host/files.js';
import type { Host } from '../host/host.js';
import { fileName, natural } from '../machine/options.js';
import {
  addReplayOptions,
  diverged,
  openSession,
  type ReplayOptions,
  runSession,
  warnBeyond,
  warnIncomplete,
} from '../machine/trace.js';
import { VERSION } from '../version.js';
import type { AddCommand } from './command.js';

interface ExportOptions extends ReplayOptions {
  readonly vcd: string;
  readonly from?: number;
  readonly to?: number;
}

/** The observer is there so many clocks before the first one of interest: no instruction takes as long. */
const LEAD = 10_000;
/** Clocks that are written in some tenths of a second. */
const SLICE = 2 ** 14;

export const addExport: AddCommand = (program, host, finish) => {
  const clock = natural(Number.MAX_SAFE_INTEGER);
  addReplayOptions(
    program.command('export').description("write the CPU's bus, clock by clock, for a wave viewer"),
  )
    .requiredOption('--vcd <file>', 'a value change dump (IEEE 1364), as GTKWave reads it', fileName)
    .option('--from <clock>', 'the first clock (default: the first of all)', clock)
    .option('--to <clock>', 'the last clock (default: the last of all)', clock)
    .action(async (path: string, options: ExportOptions) => finish(await exportBus(path, options, host)));
};

async function exportBus(path: string, options: ExportOptions, host: Host): Promise<number> {
  const { vcd, from = 0, to = Number.POSITIVE_INFINITY } = options;
  if (from > to) throw usage('--from is after --to');
  const session = openSession(path, options, host);
  const cpu = busOf(session.machine);
  if (!cpu) {
    const message = `${path} is of a machine whose CPU has no bus to export: of the boards, only the xt has one`;
    throw new CliError(ExitCode.badInput, message);
  }
  if (from > session.end) throw usage(`--from is beyond the end of the recording, clock ${session.end}`);
  protectInputs(vcd, [path]);
  checkWritable(vcd);
  warnIncomplete(host, path, session.trace);
  warnBeyond(host, options.to, session);
  const file = new WriteFile(vcd);
  const encoder = new TextEncoder();
  const bus = new BusVcd({
    sink: (text) => file.write(encoder.encode(text)),
    version: `rewind86 ${VERSION}`,
    comment: `${cpu.name}, times since power-on`,
    frequency: session.machine.frequency,
    lines: cpu.name === 'i8086' ? 16 : 8,
  });
  let signal = await runSession(session, Math.max(0, from - LEAD), host, { progress: true });
  watchBus(cpu, from, to, (pins, more) => bus.clock(pins, more));
  signal ??= await runSession(session, to, host, { progress: true, slice: SLICE });
  bus.end();
  file.close();
  return signal ? signalCode(signal) : outcome(session, host);
}

function outcome(session: Session, host: Host): number {
  return session.divergence ? diverged(session, host) : ExitCode.ok;
}
