import { describe, expect, it } from 'vitest';
import { acpiBase, buildAcpi, memoryMap } from '../../src/devices/acpiTables.js';

const MEMORY = 64 << 20;
const { rsdp, tables, address } = buildAcpi(MEMORY);
const view = new DataView(tables.buffer, tables.byteOffset, tables.length);

function sum(bytes: Uint8Array): number {
  return bytes.reduce((a, b) => a + b, 0) & 0xff;
}

/** The table at a physical address, as its signature and its bytes. */
function table(at: number) {
  const offset = at - address;
  const bytes = tables.subarray(offset, offset + view.getUint32(offset + 4, true));
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { signature: Buffer.from(bytes.subarray(0, 4)).toString(), bytes, fields };
}

function rsdtAddress(): number {
  return new DataView(rsdp.buffer).getUint32(16, true);
}

const rsdt = table(rsdtAddress());
const fadt = table(rsdt.fields.getUint32(36, true));
const dsdt = table(fadt.fields.getUint32(40, true));

/** Reads AML far enough to check that packages nest: devices and scopes by path. Other bytes are passed over. */
function devices(bytes: Uint8Array, from: number, to: number, path: string, out: string[]): void {
  for (let at = from; at < to; at++) {
    const isDevice = bytes[at] === 0x5b && bytes[at + 1] === 0x82;
    const start = at + (isDevice ? 2 : 1);
    const extra = bytes[start]! >>> 6;
    const name = Buffer.from(bytes.subarray(start + 1 + extra, start + 5 + extra)).toString('latin1');
    if (!(isDevice || bytes[at] === 0x10) || !/^[A-Z_][A-Z0-9_]{3}$/.test(name)) continue;
    const end = start + packageLength(bytes, start);
    expect(end).toBeLessThanOrEqual(to);
    out.push(`${path}.${name}`);
    devices(bytes, start + 5 + extra, end, `${path}.${name}`, out);
    at = end - 1;
  }
}

/** PkgLength (section 17.2.4): two bits of count, then low bits first. */
function packageLength(bytes: Uint8Array, at: number): number {
  const extra = bytes[at]! >>> 6;
  let length = bytes[at]! & (extra ? 15 : 63);
  for (let i = 0; i < extra; i++) length |= bytes[at + 1 + i]! << (4 + 8 * i);
  return length;
}

describe('ACPI tables', () => {
  it('lead from the RSDP to the RSDT, FADT, FACS and DSDT, each with a zero sum', () => {
    expect(Buffer.from(rsdp.subarray(0, 8)).toString()).toBe('RSD PTR ');
    expect([rsdp.length, sum(rsdp), rsdp[15]]).toEqual([20, 0, 0]);
    expect([rsdt, fadt, dsdt].map((t) => t.signature)).toEqual(['RSDT', 'FACP', 'DSDT']);
    expect([rsdt, fadt, dsdt].map((t) => sum(t.bytes))).toEqual([0, 0, 0]);
    expect(rsdt.bytes.length).toBe(40);
    const facs = fadt.fields.getUint32(36, true);
    expect(table(facs).signature).toBe('FACS');
    expect([facs % 64, table(facs).bytes.length]).toEqual([0, 64]);
  });

  it('have a FADT that names the ports of the board (ACPI 2.0, table 5-6)', () => {
    const f = fadt.fields;
    expect([f.byteLength, fadt.bytes[8]]).toEqual([244, 3]);
    expect(f.getUint16(46, true)).toBe(9);
    expect([f.getUint32(48, true), f.getUint8(52), f.getUint8(53)]).toEqual([0xb2, 0xf1, 0xf0]);
    expect([56, 64, 76, 80].map((at) => f.getUint32(at, true))).toEqual([0x600, 0x604, 0x608, 0x60c]);
    expect([88, 89, 91, 92].map((at) => f.getUint8(at))).toEqual([4, 2, 4, 4]);
    // Generic addresses repeat them: space 1 (I/O), width in bits.
    for (const [at, port, width] of [
      [148, 0x600, 32],
      [172, 0x604, 16],
      [208, 0x608, 32],
      [116, 0xcf9, 8],
    ] as const) {
      expect([f.getUint8(at), f.getUint8(at + 1), f.getUint32(at + 4, true)]).toEqual([1, width, port]);
    }
    expect(f.getUint8(128)).toBe(6);
    const flags = f.getUint32(112, true);
    expect([flags & (1 << 4), flags & (1 << 8), flags & (1 << 10)]).toEqual([0, 0, 1 << 10]);
  });

  it('have a DSDT with soft off and the devices, properly nested', () => {
    expect(Buffer.from(dsdt.bytes.subarray(36, 42)).toString('latin1')).toBe('\x08\\_S5_');
    const found: string[] = [];
    devices(dsdt.bytes, 36, dsdt.bytes.length, '', found);
    expect(found).toContain('._SB_.PCI0');
    expect(found).toContain('._SB_.PCI0.ISA_.COM1');
    expect(found).toContain('._SB_.PCI0.ISA_.KBD_');
    // PNP0303 as a compressed EISA identifier: 41 D0 03 03.
    expect(Buffer.from(dsdt.bytes).includes(Buffer.from([0x0c, 0x41, 0xd0, 0x03, 0x03]))).toBe(true);
  });
});

describe('memory map', () => {
  it('covers RAM in order, without overlaps, with the tables on top', () => {
    const map = memoryMap(MEMORY);
    for (let i = 1; i < map.length; i++) {
      expect(map[i]!.address).toBeGreaterThanOrEqual(map[i - 1]!.address + map[i - 1]!.length);
    }
    const last = map.at(-1)!;
    expect(last.address + last.length).toBe(MEMORY);
    expect(map.find((r) => r.type === 3)!.address).toBe(acpiBase(MEMORY));
    expect(map.filter((r) => r.type === 1).map((r) => r.address)).toEqual([0, 0x100000]);
  });
});
