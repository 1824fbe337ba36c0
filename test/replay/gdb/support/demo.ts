/** The demo's recording under a debugger, and one of a PC/XT that finds nothing to boot. */
import { readFileSync } from 'node:fs';
import { buildPc } from '../../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../../src/devices/description.js';
import { guestSymbols } from '../../../../src/devices/firmware/guest.js';
import { Debugger } from '../../../../src/replay/debug/debugger.js';
import { bundledSymbols } from '../../../../src/replay/guest/bundledSymbols.js';
import { ready } from '../../../../src/replay/ready.js';
import { Timeline } from '../../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../../src/replay/trace/reader.js';
import type { Description } from '../../../../src/replay/trace/records.js';

export const DEMO = new URL('../../../../traces/lost-update.rewind', import.meta.url).pathname;

const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};

export async function demoDebugger(): Promise<Debugger> {
  await ready();
  const trace = Trace.open(memorySource(new Uint8Array(readFileSync(DEMO))));
  return new Debugger(new Timeline(trace, boards), bundledSymbols(trace));
}

/** Where the assembler has put a label of the guest's. */
export function label(name: string): number {
  const line = guestSymbols()
    .split('\n')
    .find((line) => line.endsWith(` ${name}`));
  if (!line) throw new Error(`no label ${name}`);
  return Number.parseInt(line, 16);
}
