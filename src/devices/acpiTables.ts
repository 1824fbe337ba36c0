/**
 * ACPI tables that describe the pc board: RSDP, RSDT, FADT (revision 3, as in ACPI 2.0), FACS, and a DSDT
 * (acpiDsdt.ts). Sections are those of the ACPI Specification 2.0c. Also the memory map that goes with
 * them ("System Address Map Interfaces").
 *
 * Left out: MADT (there is no APIC: interrupts come through the 8259As), XSDT (all addresses are below
 * 4 GiB), sleeping states other than S5.
 */
import { buildDsdt } from './acpiDsdt.js';
import { AcpiCommand, AcpiPorts } from './acpiPm.js';
import { PciPlan } from './pciSetup.js';

/** Types of the ranges that INT 15h E820h reports. */
const MemoryType = { usable: 1, reserved: 2, acpiTables: 3, acpiNvs: 4 } as const;

export interface MemoryRange {
  readonly address: number;
  readonly length: number;
  readonly type: number;
}

const EBDA = 0x9fc00;
const ROM = 0xf0000;
const MIB = 1 << 20;
const TABLES_SIZE = 0xf000;
const NVS_SIZE = 0x1000;

/** Where the tables go: below them the operating system's memory, above them 4 KiB for the FACS. */
export function acpiBase(memory: number): number {
  return memory - TABLES_SIZE - NVS_SIZE;
}

/** The ranges of a machine with `memory` bytes of RAM, at least 2 MiB. */
export function memoryMap(memory: number): MemoryRange[] {
  const tables = acpiBase(memory);
  return [
    { address: 0, length: EBDA, type: MemoryType.usable },
    { address: EBDA, length: 0xa0000 - EBDA, type: MemoryType.reserved },
    { address: ROM, length: MIB - ROM, type: MemoryType.reserved },
    { address: MIB, length: tables - MIB, type: MemoryType.usable },
    { address: tables, length: TABLES_SIZE, type: MemoryType.acpiTables },
    { address: tables + TABLES_SIZE, length: NVS_SIZE, type: MemoryType.acpiNvs },
  ];
}

export interface AcpiImage {
  /** To be put on a 16-byte boundary in E0000h-FFFFFh (section 5.2.4.1). */
  readonly rsdp: Uint8Array;
  /** To be put at `address`, which is `acpiBase(memory)`. */
  readonly tables: Uint8Array;
  readonly address: number;
}

/** All tables of a machine with `memory` bytes of RAM. */
export function buildAcpi(memory: number): AcpiImage {
  const address = acpiBase(memory);
  const image = new Uint8Array(TABLES_SIZE + NVS_SIZE);
  const facs = address + TABLES_SIZE;
  image.set(buildFacs(), TABLES_SIZE);
  let end = 0;
  const place = (table: Uint8Array): number => {
    const at = end;
    image.set(table, at);
    end = (at + table.length + 15) & ~15;
    return address + at;
  };
  const dsdt = place(withHeader('DSDT', 1, buildDsdt(memory)));
  const fadt = place(withHeader('FACP', 3, buildFadt(facs, dsdt)));
  const rsdt = place(withHeader('RSDT', 1, dwords(fadt)));
  return { rsdp: buildRsdp(rsdt), tables: image, address };
}

function ascii(text: string): number[] {
  return [...text].map((c) => c.charCodeAt(0));
}

function dwords(...values: number[]): Uint8Array {
  return new Uint8Array(new Uint32Array(values).buffer);
}

/** Sets the byte at `at` so that all bytes add up to zero. */
function checksum(bytes: Uint8Array, at: number): Uint8Array {
  bytes[at] = 0;
  bytes[at] = -bytes.reduce((sum, b) => sum + b, 0) & 0xff;
  return bytes;
}

/** The header that most tables begin with (section 5.2.5), before `body`. */
function withHeader(signature: string, revision: number, body: Uint8Array): Uint8Array {
  const length = 36 + body.length;
  const header = [
    ...ascii(signature),
    ...dwords(length),
    revision,
    0, // checksum
    ...ascii('RW86  '),
    ...ascii('RW86PC  '),
    ...dwords(1),
    ...ascii('RW86'),
    ...dwords(1),
  ];
  return checksum(Uint8Array.from([...header, ...body]), 9);
}

/** Section 5.2.4.3, revision 0. */
function buildRsdp(rsdt: number): Uint8Array {
  return checksum(Uint8Array.from([...ascii('RSD PTR '), 0, ...ascii('RW86  '), 0, ...dwords(rsdt)]), 8);
}

/** Section 5.2.9. */
function buildFacs(): Uint8Array {
  const facs = new Uint8Array(64);
  facs.set(ascii('FACS'));
  facs[4] = 64;
  facs[32] = 1; // version
  return facs;
}

/** FADT flags (section 5.2.8) that are set. */
const FadtFlag = {
  wbinvd: 1 << 0,
  procC1: 1 << 2,
  /** No fixed sleep button; the RTC's wake status is not in the fixed registers. */
  noSleepButton: 1 << 5,
  noRtcWake: 1 << 6,
  resetRegister: 1 << 10,
} as const;

/** Section 5.2.8; offsets are those of the table there, the body begins at 36. */
function buildFadt(facs: number, dsdt: number): Uint8Array {
  const table = new DataView(new ArrayBuffer(244));
  const pm = PciPlan.powerManagement;
  table.setUint32(36, facs, true);
  table.setUint32(40, dsdt, true);
  table.setUint8(45, 1); // desktop
  table.setUint16(46, PciPlan.sci, true);
  table.setUint32(48, AcpiPorts.smiCommand, true);
  table.setUint8(52, AcpiCommand.enable);
  table.setUint8(53, AcpiCommand.disable);
  // Each block: offsets of its address, of its length, and of its address as a generic structure.
  putBlock(table, pm + AcpiPorts.events, 4, [56, 88, 148]);
  putBlock(table, pm + AcpiPorts.control, 2, [64, 89, 172]);
  putBlock(table, pm + AcpiPorts.timer, 4, [76, 91, 208]);
  putBlock(table, pm + AcpiPorts.gpe, 4, [80, 92, 220]);
  table.setUint16(96, 0x0fff, true); // no C2
  table.setUint16(98, 0x0fff, true); // no C3
  table.setUint8(108, 0x32); // RTC register with the century
  table.setUint16(109, 0x0003, true); // ISA devices and an 8042
  table.setUint32(
    112,
    Object.values(FadtFlag).reduce((a, b) => a | b),
    true,
  );
  putAddress(table, 116, 0xcf9, 1);
  table.setUint8(128, 0x06); // what to write there
  table.setUint32(132, facs, true);
  table.setUint32(140, dsdt, true);
  return new Uint8Array(table.buffer).slice(36);
}

function putBlock(
  table: DataView,
  port: number,
  length: number,
  at: readonly [number, number, number],
): void {
  table.setUint32(at[0], port, true);
  table.setUint8(at[1], length);
  putAddress(table, at[2], port, length);
}

/** Generic address structure of an I/O port (section 5.2.3.1). */
function putAddress(table: DataView, at: number, port: number, length: number): void {
  table.setUint8(at, 1); // system I/O
  table.setUint8(at + 1, 8 * length);
  table.setUint32(at + 4, port, true);
}
