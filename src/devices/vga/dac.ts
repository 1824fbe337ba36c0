/**
 * The colour table behind ports 3C6h to 3C9h, after the INMOS IMSG171 data sheet: one address register,
 * and a buffer of three bytes that moves to or from the table as a whole. Writing the read-mode address
 * fetches the colour and steps the address at once, so it reads back one higher.
 */
import type { VgaState } from './registers.js';

const READ = 3;
const WRITE = 0;

export function setReadAddress(s: VgaState, value: number): void {
  s.dacAddress = value;
  s.dacCycle = 0;
  s.dacMode = READ;
  fetch(s);
}

export function setWriteAddress(s: VgaState, value: number): void {
  s.dacAddress = value;
  s.dacCycle = 0;
  s.dacMode = WRITE;
}

export function readData(s: VgaState): number {
  const value = s.dacBuffer[s.dacCycle]!;
  if (step(s)) fetch(s);
  return value;
}

export function writeData(s: VgaState, value: number): void {
  s.dacBuffer[s.dacCycle] = value & 0x3f;
  if (!step(s)) return;
  s.dac.set(s.dacBuffer, 3 * s.dacAddress);
  s.dacAddress = (s.dacAddress + 1) & 0xff;
}

function fetch(s: VgaState): void {
  s.dacBuffer.set(s.dac.subarray(3 * s.dacAddress, 3 * s.dacAddress + 3));
  s.dacAddress = (s.dacAddress + 1) & 0xff;
}

/** Next of red, green, blue; true after blue. */
function step(s: VgaState): boolean {
  s.dacCycle = (s.dacCycle + 1) % 3;
  return s.dacCycle === 0;
}
