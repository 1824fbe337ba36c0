/**
 * What gdb is told of the target: its registers (GDB manual, appendix G, "Target Descriptions") and its memory
 * (appendix E.14, "Memory Map Format").
 */
import { Cr0, Cr4, Flag } from '../../core/cpu/ia32/state.js';
import { PAGE_SHIFT, PageKind, type PhysicalMemory } from '../../core/memory.js';
import type { Feature, GdbRegister } from './registers.js';

const IOPL_SHIFT = 12;
const ALL_PAGES = 2 ** 20;

export function targetXml(architecture: 'i386' | 'i8086', features: readonly Feature[]): string {
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE target SYSTEM "gdb-target.dtd">',
    '<target version="1.0">',
    `<architecture>${architecture}</architecture>`,
    // Whatever system gdb itself was built for.
    '<osabi>none</osabi>',
    ...features.flatMap(featureXml),
    '</target>',
    '',
  ].join('\n');
}

function featureXml({ name, registers }: Feature): string[] {
  const uses = (type: string) => registers.some((register) => register.type === type);
  return [
    `<feature name="${name}">`,
    ...TYPES.filter(({ id }) => uses(id)).flatMap(flagsXml),
    ...registers.map(registerXml),
    '</feature>',
  ];
}

function registerXml({ name, bits, type, group }: GdbRegister): string {
  const where = group ? ` group="${group}"` : '';
  return `<reg name="${name}" bitsize="${bits}" type="${type}"${where}/>`;
}

interface Flags {
  readonly id: string;
  readonly bits: readonly (readonly [name: string, bit: number])[];
}

/** Single bits, of a table of masks. */
function named(masks: Readonly<Record<string, number>>): (readonly [string, number])[] {
  return Object.entries(masks).map(([name, mask]) => [name, 31 - Math.clz32(mask)] as const);
}

const { IOPL: _, ...FLAG_BITS } = Flag;

const TYPES: readonly Flags[] = [
  // gdb prints a flag that has no name as its number; bit 1 is always set.
  {
    id: 'i386_eflags',
    bits: [...named(FLAG_BITS), ['', 1], ['IOPL0', IOPL_SHIFT], ['IOPL1', IOPL_SHIFT + 1]],
  },
  { id: 'cr0_bits', bits: named(Cr0) },
  { id: 'cr4_bits', bits: named(Cr4) },
];

function flagsXml({ id, bits }: Flags): string[] {
  const ordered = [...bits].sort((a, b) => a[1] - b[1]);
  return [
    `<flags id="${id}" size="4">`,
    ...ordered.map(([name, bit]) => `<field name="${name}" start="${bit}" end="${bit}"/>`),
    '</flags>',
  ];
}

/**
 * Addresses that gdb speaks of are linear, and it asks for the map once: what is mapped where may be another thing
 * later. So nothing is hidden from it; while linear addresses are physical ones it is told what is ROM.
 */
export function memoryMapXml(memory: PhysicalMemory, isPhysical: boolean, end: number): string {
  const regions = isPhysical
    ? regionsOf(memory, end)
    : [{ type: 'ram', start: 0, length: end } satisfies Region];
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN"',
    '  "http://sourceware.org/gdb/gdb-memory-map.dtd">',
    '<memory-map>',
    ...[...regions, NEGATIVE].map(({ type, start, length }) => {
      return `<memory type="${type}" start="0x${start.toString(16)}" length="0x${length.toString(16)}"/>`;
    }),
    '</memory-map>',
    '',
  ].join('\n');
}

interface Region {
  readonly type: 'ram' | 'rom';
  readonly start: number;
  readonly length: number;
}

/**
 * gdb makes the address of a pointer to high memory that it has as a signed integer, such as `$eax`, a negative number
 * of 64 bits, and refuses to read it if the map says nothing about it.
 */
const NEGATIVE = { type: 'ram', start: 0xffffffff80000000n, length: 2 ** 31 } as const;

/** Neighbouring pages of one type make a region. */
function regionsOf({ kind }: PhysicalMemory, end: number): Region[] {
  const pages = Math.min(ALL_PAGES, end >>> 0 === end ? end >>> PAGE_SHIFT : ALL_PAGES);
  const typeOf = (page: number) => (kind[page] === PageKind.rom ? 'rom' : 'ram');
  const regions: Region[] = [];
  for (let first = 0; first < pages; ) {
    const type = typeOf(first);
    let next = first + 1;
    while (next < pages && typeOf(next) === type) next++;
    regions.push({ type, start: first * 2 ** PAGE_SHIFT, length: (next - first) * 2 ** PAGE_SHIFT });
    first = next;
  }
  return regions;
}
