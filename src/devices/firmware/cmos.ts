/**
 * The CMOS settings that the BIOS and operating systems read, as an AT's set-up program would leave them
 * (IBM PC/AT Technical Reference, "Real-time clock/CMOS RAM information"); 34h, 35h and 3Dh are usual
 * extensions. The clock's own registers are not touched.
 */
import type { PcDescription } from '../description.js';
import { floppyFormat } from '../geometry.js';
import { BootCode } from './biosLayout.js';

const Setting = {
  floppies: 0x10,
  equipment: 0x14,
  baseMemory: 0x15,
  extendedMemory: 0x17,
  checksum: 0x2e,
  extendedMemoryFound: 0x30,
  highMemory: 0x34,
  bootOrder: 0x3d,
} as const;
const KIB = 1024;
const MIB = 1024 * KIB;

/** All 128 bytes; 00h to 0Dh are zero. */
export function firmwareCmos(pc: Pick<PcDescription, 'memory' | 'floppies' | 'boot' | 'kernel'>): Uint8Array {
  const cmos = new Uint8Array(128);
  const floppies = [0, 1].map((unit) => floppyType(pc.floppies[unit]?.sectors));
  cmos[Setting.floppies] = (floppies[0]! << 4) | floppies[1]!;
  cmos[Setting.equipment] = equipment(floppies);
  put(cmos, Setting.baseMemory, 640);
  const extended = Math.min(pc.memory - MIB, 0xffff * KIB) / KIB;
  put(cmos, Setting.extendedMemory, extended);
  put(cmos, Setting.extendedMemoryFound, extended);
  put(cmos, Setting.highMemory, Math.max(0, pc.memory - 16 * MIB) / (64 * KIB));
  cmos[Setting.bootOrder] = bootOrder(pc);
  const sum = cmos.subarray(0x10, 0x2e).reduce((a, b) => a + b, 0);
  cmos[Setting.checksum] = sum >> 8; // this word alone has its high byte first
  cmos[Setting.checksum + 1] = sum & 0xff;
  return cmos;
}

function put(cmos: Uint8Array, at: number, word: number): void {
  cmos[at] = word & 0xff;
  cmos[at + 1] = word >> 8;
}

/** The type of the drive that takes a disk of so many sectors; 0 is no drive. */
function floppyType(sectors: number | undefined): number {
  return sectors === undefined ? 0 : (floppyFormat(sectors)?.drive ?? 0);
}

/** Bits 7-6 and 0: floppy drives; 1: coprocessor; 2: keyboard; 3: display. */
function equipment(floppies: readonly number[]): number {
  const count = floppies.filter((type) => type !== 0).length;
  return 0x0e | (count > 0 ? 1 | ((count - 1) << 6) : 0);
}

function bootOrder({ kernel, boot }: Pick<PcDescription, 'boot' | 'kernel'>): number {
  if (kernel) return BootCode.kernel;
  const [first = BootCode.none, second = BootCode.none] = boot.map((device) => BootCode[device]);
  return first | (second << 4);
}
