/** The command set of a hard disk: ATA/ATAPI-6 (T13/1410D), and the ATA-3 commands still in use. */
import type { AtaDrive } from './ataDrive.js';

/** How the data of a command move; seen from memory. */
export const Transfer = { none: 0, pioIn: 1, pioOut: 2, dmaIn: 3, dmaOut: 4 } as const;

/** Answers to CHECK POWER MODE, and a value of our own for Sleep. */
export const Power = { standby: 0, sleep: 1, active: 0xff } as const;

/** Sectors in a drive's buffer: the most for one READ MULTIPLE block, and the grain of DMA. */
export const MAX_MULTIPLE = 16;

type Command = (drive: AtaDrive) => void;

/** Every command by its code; a code that is not here is aborted. */
export const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  ...Array.from({ length: 16 }, (_, i): [number, Command] => [0x10 + i, (d) => d.recalibrate()]),
  ...Array.from({ length: 16 }, (_, i): [number, Command] => [0x70 + i, (d) => d.seek()]),
  [0x00, (d) => d.abort()], // NOP does nothing but abort
  [0x20, (d) => d.transfer(Transfer.pioIn, false, 1)],
  [0x21, (d) => d.transfer(Transfer.pioIn, false, 1)],
  [0x24, (d) => d.transfer(Transfer.pioIn, true, 1)],
  [0x25, (d) => d.transfer(Transfer.dmaIn, true, MAX_MULTIPLE)],
  [0x27, (d) => d.nativeMax(true)],
  [0x29, (d) => d.multiple(Transfer.pioIn, true)],
  [0x30, (d) => d.transfer(Transfer.pioOut, false, 1)],
  [0x31, (d) => d.transfer(Transfer.pioOut, false, 1)],
  [0x34, (d) => d.transfer(Transfer.pioOut, true, 1)],
  [0x35, (d) => d.transfer(Transfer.dmaOut, true, MAX_MULTIPLE)],
  [0x39, (d) => d.multiple(Transfer.pioOut, true)],
  [0x40, (d) => d.verify(false)],
  [0x41, (d) => d.verify(false)],
  [0x42, (d) => d.verify(true)],
  [0x91, (d) => d.initializeParameters()],
  [0xc4, (d) => d.multiple(Transfer.pioIn, false)],
  [0xc5, (d) => d.multiple(Transfer.pioOut, false)],
  [0xc6, (d) => d.setMultiple()],
  [0xc8, (d) => d.transfer(Transfer.dmaIn, false, MAX_MULTIPLE)],
  [0xc9, (d) => d.transfer(Transfer.dmaIn, false, MAX_MULTIPLE)],
  [0xca, (d) => d.transfer(Transfer.dmaOut, false, MAX_MULTIPLE)],
  [0xcb, (d) => d.transfer(Transfer.dmaOut, false, MAX_MULTIPLE)],
  [0xe7, (d) => d.finish()], // FLUSH CACHE: what is written is already in the overlay
  [0xea, (d) => d.finish()],
  [0xec, (d) => d.identify()],
  [0xef, (d) => d.setFeatures()],
  [0xf8, (d) => d.nativeMax(false)],
  // Power management, each with the code it had before ATA-2.
  ...[0xe0, 0x94, 0xe2, 0x96].map((c): [number, Command] => [c, (d) => d.setPower(Power.standby)]),
  ...[0xe1, 0x95, 0xe3, 0x97].map((c): [number, Command] => [c, (d) => d.setPower(Power.active)]),
  ...[0xe5, 0x98].map((c): [number, Command] => [c, (d) => d.checkPower()]),
  ...[0xe6, 0x99].map((c): [number, Command] => [c, (d) => d.setPower(Power.sleep)]),
]);
