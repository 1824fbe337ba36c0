/** `export`: writes what a trace's machine did in forms that other programs read. */
import { basename } from 'node:path';
import type { Place } from '../../replay/debug/places.js';
import type { Session } from '../../replay/session.js';
import { usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { checkWritable, protectInputs } from '../host/files.js';
import type { Host } from '../host/host.js';
import { fileName } from '../machine/options.js';
import { checkOrder, clocksOf, PLACES, place, runOfSession } from '../machine/places.js';
import {
  addReplayOptions,
  diverged,
  openSession,
  type ReplayOptions,
  warnIncomplete,
} from '../machine/trace.js';
import type { AddCommand } from './command.js';
import { exportCast } from './exportCast.js';
import { ExportFile, type ExportJob } from './exportJob.js';
import { checkNetwork, exportPcap } from './exportPcap.js';
import { exportPerfetto } from './exportPerfetto.js';
import { checkBus, exportVcd } from './exportVcd.js';

interface ExportOptions extends ReplayOptions {
  readonly vcd?: string;
  readonly cast?: string;
  readonly perfetto?: string;
  readonly pcap?: string;
  readonly screen: boolean;
  readonly from?: Place;
  readonly to?: Place;
}

/** One format: the file to write, and what writes it; gives the signal that ended it, if one did. */
interface Format {
  readonly name: string;
  /** Throws if the trace has nothing for it. */
  readonly check?: (path: string, session: Session) => void;
  readonly write: (job: ExportJob) => Promise<string | undefined>;
}

export const addExport: AddCommand = (program, host, finish) => {
  addReplayOptions(
    program.command('export').description('write what happened in a run as other programs read it'),
  )
    .option('--cast <file>', 'the serial console as a recording for asciinema (asciicast v2)', fileName)
    .option('--screen', 'with --cast: the text screen instead', false)
    .option('--perfetto <file>', 'interrupts, tasks, devices and inputs in time (trace event JSON)', fileName)
    .option('--pcap <file>', "the frames on a pc's network cable, for Wireshark (pcapng)", fileName)
    .option('--vcd <file>', "an xt's bus, clock by clock, for a wave viewer (IEEE 1364)", fileName)
    .option('--from <place>', 'where to begin (default: the beginning)', place)
    .option('--to <place>', 'the last clock (default: the end)', place)
    .addHelpText('after', PLACES)
    .action(async (path: string, options: ExportOptions) => finish(await exportTrace(path, options, host)));
};

function formatOf({ vcd, cast, perfetto, pcap, screen }: ExportOptions): Format {
  const formats: Format[] = [];
  if (vcd !== undefined) formats.push({ name: vcd, check: checkBus, write: exportVcd });
  if (cast !== undefined) formats.push({ name: cast, write: (job) => exportCast(job, screen) });
  if (perfetto !== undefined) formats.push({ name: perfetto, write: exportPerfetto });
  if (pcap !== undefined) formats.push({ name: pcap, check: checkNetwork, write: exportPcap });
  const [format] = formats;
  if (!format || formats.length > 1)
    throw usage('one of --cast, --pcap, --perfetto and --vcd says what to write');
  if (screen && cast === undefined) throw usage('--screen is for --cast');
  return format;
}

async function exportTrace(path: string, options: ExportOptions, host: Host): Promise<number> {
  const format = formatOf(options);
  const session = openSession(path, options, host);
  format.check?.(path, session);
  const places = { from: options.from, to: options.to };
  const clocks = await clocksOf(places, runOfSession(path, session, options, host), host);
  if (typeof clocks === 'string') return signalCode(clocks);
  const { from = 0, to = Number.POSITIVE_INFINITY } = clocks;
  checkOrder(from, to);
  protectInputs(format.name, [path]);
  checkWritable(format.name);
  warnIncomplete(host, path, session.trace);
  const file = new ExportFile(format.name);
  const title = basename(path);
  const signal = await format.write({ session, host, title, from, to, sink: file.write });
  file.close();
  if (signal) return signalCode(signal);
  return session.divergence ? diverged(session, host) : ExitCode.ok;
}
