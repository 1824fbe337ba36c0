/**
 * Changes of a machine between two instructions: what a branch does to a run that the guest did not do itself. In
 * a trace they are inputs, on channels that no device has (docs/trace-format.md, "Changes"), so a replay makes
 * them again at the same boundaries.
 *
 * Nothing is changed that something else was derived from without that being derived anew. But a device's state
 * is taken as it is given: whether the device could ever get into it is the user's business, and wires that
 * depend on it are only driven when the device next has a reason to.
 */
import type { Device } from '../core/device.js';
import type { ElementType, Field } from '../core/layout.js';
import type { Machine } from '../core/machine.js';
import { PAGE_SHIFT, PageKind } from '../core/memory.js';
import type { ChannelInput } from './controls.js';
import { ChangeError } from './guest/changeError.js';
import { hexText } from './guest/numbers.js';
import { writeRegister } from './guest/writeRegister.js';

export type Change =
  /** Bytes of RAM, from a physical address on. */
  | { readonly kind: 'memory'; readonly address: number; readonly data: Uint8Array }
  | { readonly kind: 'register'; readonly name: string; readonly value: bigint }
  /** A field of a device's state, or of an array field the element. */
  | {
      readonly kind: 'state';
      readonly device: string;
      readonly field: string;
      readonly index: number;
      readonly value: bigint;
    }
  /** One that no interrupt controller knows of. */
  | { readonly kind: 'interrupt'; readonly vector: number }
  | { readonly kind: 'nmi' };

const PREFIX = 'poke:';

/** Bits of a field's elements; an f64 holds whole numbers below 2^53. */
export const ELEMENT_BITS: Readonly<Record<ElementType, number>> = {
  u8: 8,
  u16: 16,
  i32: 32,
  u32: 32,
  u64: 64,
  f64: 53,
};

/** Admits an input at the current boundary, whatever channel it came through. */
export function admit(machine: Machine, channel: string, data: Uint8Array): void {
  if (channel.startsWith(PREFIX)) make(machine, decode(channel, data));
  else machine.deliver(channel, data);
}

/** The change as an input. */
export function inputOfChange(change: Change): ChannelInput {
  return { channel: `${PREFIX}${change.kind}`, data: encode(change) };
}

const SIZES: Readonly<Record<number, string>> = { 1: 'byte', 2: 'word', 4: 'dword', 8: 'qword' };

/** An input that is a change, as `rewind86 branch` takes it; undefined of any other. */
export function changeText(channel: string, data: Uint8Array): string | undefined {
  if (!channel.startsWith(PREFIX)) return undefined;
  const change = decode(channel, data);
  switch (change.kind) {
    case 'memory':
      return memoryText(change.address, change.data);
    case 'register':
      return `${change.name} = ${hexText(change.value)}`;
    case 'state': {
      const { device, field, index, value } = change;
      return `${device}.${field}${index > 0 ? `[${index}]` : ''} = ${hexText(value)}`;
    }
    case 'interrupt':
      return `interrupt ${hexText(change.vector)}`;
    case 'nmi':
      return 'nmi';
  }
}

/** Of other sizes, byte by byte. */
function memoryText(address: number, data: Uint8Array): string {
  const size = SIZES[data.length];
  if (size) {
    const value = data.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return `phys ${size}[${hexText(address)}] = ${hexText(value)}`;
  }
  return Array.from(data, (byte, i) => `phys byte[${hexText(address + i)}] = ${hexText(byte)}`).join(', ');
}

function encode(change: Change): Uint8Array {
  switch (change.kind) {
    case 'memory':
      return joined(number(BigInt(change.address), 4), change.data);
    case 'register':
      return joined(number(change.value, 8), utf8(change.name));
    case 'state': {
      const { device, field, index, value } = change;
      return joined(number(value, 8), number(BigInt(index), 4), utf8(`${device}.${field}`));
    }
    case 'interrupt':
      return Uint8Array.of(change.vector);
    case 'nmi':
      return new Uint8Array(0);
  }
}

function decode(channel: string, data: Uint8Array): Change {
  const kind = channel.slice(PREFIX.length);
  if (kind === 'nmi' && data.length === 0) return { kind };
  if (kind === 'interrupt' && data.length === 1) return { kind, vector: data[0]! };
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (kind === 'memory' && data.length > 4) {
    return { kind, address: view.getUint32(0, true), data: data.subarray(4) };
  }
  if (kind === 'register' && data.length > 8) {
    return { kind, name: text(data.subarray(8)), value: view.getBigUint64(0, true) };
  }
  if (kind === 'state' && data.length > 12) {
    const [device, field] = parted(text(data.subarray(12)));
    return { kind, device, field, index: view.getUint32(8, true), value: view.getBigUint64(0, true) };
  }
  throw new ChangeError(`${channel} with ${data.length} bytes is no change`);
}

/** Names of fields have no dots. */
function parted(name: string): [device: string, field: string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function number(value: bigint, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const utf8 = (name: string): Uint8Array => new TextEncoder().encode(name);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Throws a `ChangeError`. */
function make(machine: Machine, change: Change): void {
  switch (change.kind) {
    case 'memory':
      return writeRam(machine, change.address, change.data);
    case 'register':
      return writeRegister(machine.cpu, change.name, change.value);
    case 'state':
      return writeField(machine, change);
    case 'interrupt':
      return interrupt(machine, change.vector);
    case 'nmi':
      return machine.cpu.nmi();
  }
}

/** As a bus master would, so that all who depend on what was there hear of it. */
function writeRam({ memory }: Machine, address: number, data: Uint8Array): void {
  const last = address + data.length - 1;
  for (let page = address >>> PAGE_SHIFT; page <= last >>> PAGE_SHIFT; page++) {
    if (memory.kind[page] === PageKind.ram) continue;
    throw new ChangeError(`at physical address ${address.toString(16)}h there is no RAM`);
  }
  memory.writeBytes(address, data);
}

function writeField(machine: Machine, change: Change & { readonly kind: 'state' }): void {
  const device = machine.devices.find((d) => d.name === change.device);
  const field = device?.state.layout.fields.find((f) => f.name === change.field);
  if (!device || !field || change.index >= field.length) {
    throw new ChangeError(`this machine has no field ${change.device}.${change.field}[${change.index}]`);
  }
  put(device, field, change.index, change.value);
  device.afterLoad?.();
}

function put({ state }: Device, field: Field, index: number, value: bigint): void {
  const stored = field.type === 'u64' ? value : Number(BigInt.asUintN(ELEMENT_BITS[field.type], value));
  const fields = state as unknown as Record<string, number | bigint | Record<number, number | bigint>>;
  if (field.array) (fields[field.name] as Record<number, number | bigint>)[index] = stored;
  else fields[field.name] = stored;
}

function interrupt({ cpu }: Machine, vector: number): void {
  if (!cpu.accept) throw new ChangeError(`${cpu.name}: an interrupt cannot be injected into this CPU`);
  if (!cpu.accept(vector)) {
    throw new ChangeError(
      `the CPU takes no interrupts at clock ${cpu.clock}: they are disabled or held back`,
    );
  }
}
