/** `export --pcap`: the frames on the network cable of a PC. */
import { stationAddress } from '../../devices/description.js';
import { isFrameSent, NETWORK } from '../../replay/controls.js';
import { type Direction, PcapngWriter } from '../../replay/export/pcapng.js';
import { pcFrom } from '../../replay/machines/descriptions.js';
import type { Session } from '../../replay/session.js';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { runSession } from '../machine/trace.js';
import { VERSION } from '../version.js';
import type { ExportJob } from './exportJob.js';

/** Throws if there is no cable. */
export function checkNetwork(path: string, { machine }: Session): void {
  if (machine.door.channels.inputs.includes(NETWORK)) return;
  const message = `${path} is of a machine without a network adapter (record --net): it has no frames to export`;
  throw new CliError(ExitCode.badInput, message);
}

/** The signal that ended it, if one did. */
export async function exportPcap(job: ExportJob): Promise<string | undefined> {
  const { session, host, title, from, to, sink } = job;
  const { frequency, description } = session.manifest;
  const { nic, bootInstant } = pcFrom(description);
  const capture = new PcapngWriter(sink, {
    program: `rewind86 ${VERSION}`,
    comment: title,
    description: 'RTL8029AS of a pc',
    address: nic && stationAddress(nic.address),
    frequency,
    bootInstant,
  });
  const put = (clock: number, direction: Direction, frame: Uint8Array): void => {
    if (clock >= from && clock <= to) capture.frame(clock, direction, frame);
  };
  session.onNote = (note, clock) => {
    if (isFrameSent(note)) put(clock, 'out', note.data);
  };
  session.onInput = (channel, data, clock) => {
    if (channel === NETWORK) put(clock, 'in', data);
  };
  return await runSession(session, to + 1, host, { progress: true });
}
