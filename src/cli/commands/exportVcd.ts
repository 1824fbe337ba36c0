/** `export --vcd`: the bus of an xt's CPU, clock by clock. */
import { BusVcd, busOf, watchBus } from '../../replay/export/busVcd.js';
import type { Session } from '../../replay/session.js';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { runSession } from '../machine/trace.js';
import { VERSION } from '../version.js';
import type { ExportJob } from './exportJob.js';

/** The observer is there so many clocks before the first one of interest: no instruction takes as long. */
const LEAD = 10_000;
/** Clocks that are written in some tenths of a second. */
const SLICE = 2 ** 14;

/** Throws if there is no bus to be seen. */
export function checkBus(path: string, { machine }: Session): void {
  if (busOf(machine)) return;
  const message = `${path} is of a machine whose CPU has no bus to export: of the boards, only the xt has one`;
  throw new CliError(ExitCode.badInput, message);
}

/** The signal that ended it, if one did. */
export async function exportVcd(job: ExportJob): Promise<string | undefined> {
  const { session, host, from, to, sink } = job;
  const cpu = busOf(session.machine)!;
  const bus = new BusVcd({
    sink,
    version: `rewind86 ${VERSION}`,
    comment: `${cpu.name}, times since power-on`,
    frequency: session.machine.frequency,
    lines: cpu.name === 'i8086' ? 16 : 8,
  });
  let signal = await runSession(session, Math.max(0, from - LEAD), host, { progress: true });
  watchBus(cpu, from, to, (pins, more) => bus.clock(pins, more));
  signal ??= await runSession(session, to + 1, host, { progress: true, slice: SLICE });
  bus.end();
  return signal;
}
