/** Recordings for views to look at: the demo's, and runs of small firmware on bare boards. */
import { readFileSync } from 'node:fs';
import { buildPc } from '../../../../src/devices/boards/pc.js';
import { buildXt } from '../../../../src/devices/boards/xt.js';
import type { Blobs, PcDescription, XtDescription } from '../../../../src/devices/description.js';
import { assemble } from '../../../../src/devices/firmware/assembler/assembler.js';
import { Debugger } from '../../../../src/replay/debug/debugger.js';
import { bundledSymbols } from '../../../../src/replay/guest/bundledSymbols.js';
import { Symbols } from '../../../../src/replay/guest/symbols.js';
import { Recorder } from '../../../../src/replay/recorder.js';
import { Timeline } from '../../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../../src/replay/trace/reader.js';
import type { Description } from '../../../../src/replay/trace/records.js';
import { sha256 } from '../../../../src/replay/trace/sha256.js';
import { PC, seededProvider } from '../../../support/pc.js';
import { XT } from '../../../support/xt.js';
import { concat } from '../../support/recordToy.js';

const DEMO = new URL('../../../../traces/lost-update.rewind', import.meta.url);

export const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
  xt: (d: Description, blobs: Blobs) => buildXt(d as unknown as XtDescription, blobs),
};

export const demoBytes = (): Uint8Array => new Uint8Array(readFileSync(DEMO));

export function openDemo(): Debugger {
  const trace = Trace.open(memorySource(demoBytes()));
  return new Debugger(new Timeline(trace, boards), bundledSymbols(trace));
}

/** Firmware lies at F0000h. */
export const FIRMWARE = 0xf0000;
const SIZE = 0x10000;
const RESET = 0xfff0;

/**
 * A recorded run of a program that is a board's firmware: assembled for the segment F000h, entered at `start`. Its
 * labels are the symbols.
 */
export function openFirmware(board: 'pc' | 'xt', source: string, until: number): Debugger {
  const text = `bits 16\norg 0\n${source}\ntimes ${RESET}-($-$$) db 0\nbits 16\njmp 0F000h:start\ntimes ${SIZE}-($-$$) db 0`;
  const { bytes, symbols } = assemble(text);
  const bios = sha256(bytes);
  const description = { ...(board === 'pc' ? PC : XT), bios } as unknown as Description;
  const blobs = new Map([[bios, bytes]]);
  const pieces: Uint8Array[] = [];
  const machine = boards[board](description, blobs);
  const recorder = new Recorder({
    machine,
    description,
    blobs,
    provider: seededProvider(1),
    sink: (piece) => pieces.push(piece),
    program: 'views',
    checkEvery: 2 ** 20,
  });
  recorder.run(until);
  recorder.finish('test');
  const labels = [...symbols].map(([name, at]) => ({ name, address: FIRMWARE + at }));
  return new Debugger(new Timeline(Trace.open(memorySource(concat(pieces))), boards), new Symbols(labels));
}

/** Goes to the first time that execution is at a symbol. */
export function goTo(debug: Debugger, name: string): void {
  const address = debug.symbols.address(name)!;
  debug.timeline.seek(0);
  if (!debug.timeline.continue({ addresses: new Set([address]) })) throw new Error(`never at ${name}`);
}
