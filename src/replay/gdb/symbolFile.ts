/**
 * The symbols that are known, as a file that gdb reads: a 32-bit ELF object without contents (Tool Interface
 * Standard, ELF specification 1.2, book I, chapter 1). gdb gives an address a name only within a section, and takes
 * what is in a section with instructions for a function: so there is a section, without bytes, over each stretch of
 * symbols of one kind.
 */
import type { GuestSymbol } from '../guest/symbols.js';
import { latin1 } from './packets.js';

const HEADER = 52;
const SECTION_HEADER = 40;
const SYMBOL = 16;
const TYPE = { strtab: 3, symtab: 2, nobits: 8 } as const;
/** SHF_ALLOC with SHF_EXECINSTR, or with SHF_WRITE. */
const FLAGS = { code: 6, data: 3 } as const;
const EXECUTABLE = 2;
const I386 = 3;
/** STB_GLOBAL with STT_FUNC, or with STT_OBJECT. */
const INFO = { code: 0x12, data: 0x11 } as const;
/** From here on numbers of sections are special. */
const MAX_SECTIONS = 0xff00 - 8;

/** Farther apart, symbols are in different sections; the last symbol of a section has so many bytes. */
const GAP = 0x10_0000;
const PAGE = 0x1000;
const ADDRESSES = 2 ** 32;

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags?: number;
  readonly address?: number;
  readonly size: number;
  readonly link?: number;
  readonly info?: number;
  readonly entry?: number;
  readonly data?: Uint8Array;
}

/** gdb wants a program to begin somewhere: at its first symbol. */
export function symbolFile(symbols: Iterable<GuestSymbol>): Uint8Array {
  const sorted = [...symbols].sort((a, b) => a.address - b.address);
  const stretches = stretchesOf(sorted);
  const names = new Names();
  const table = symbolTable(sorted, stretches, names);
  const memory = stretches.map(({ start, end, kind }): Section => {
    const name = kind === 'code' ? '.text' : '.data';
    return { name, type: TYPE.nobits, flags: FLAGS[kind], address: start, size: end - start };
  });
  const stringsAt = memory.length + 2;
  const symtab = { name: '.symtab', type: TYPE.symtab, link: stringsAt, info: 1, entry: SYMBOL };
  const sections: Section[] = [
    ...memory,
    { ...symtab, data: table, size: table.length },
    { name: '.strtab', type: TYPE.strtab, data: names.bytes, size: names.bytes.length },
  ];
  return file(sections, sorted[0]?.address ?? 0);
}

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
}

type Kind = 'code' | 'data';

/** What may be either is taken for code: gdb sets no breakpoint at data. */
const kindOf = ({ kind = 'code' }: GuestSymbol): Kind => kind;

/** Those whose kinds alternate too often are all taken for code. */
function stretchesOf(sorted: readonly GuestSymbol[]): Stretch[] {
  const stretches = stretchesBy(sorted, kindOf);
  return stretches.length > MAX_SECTIONS ? stretchesBy(sorted, () => 'code') : stretches;
}

/** Of two symbols at one address the first says what is there. */
function stretchesBy(sorted: readonly GuestSymbol[], kindOf: (symbol: GuestSymbol) => Kind): Stretch[] {
  const stretches: { start: number; end: number; kind: Kind }[] = [];
  for (const symbol of sorted) {
    const { address } = symbol;
    const kind = kindOf(symbol);
    const last = stretches.at(-1);
    const end = Math.min(ADDRESSES, address + PAGE);
    const near = last && address - last.end < GAP;
    if (near && (last.kind === kind || last.start === address)) last.end = end;
    else {
      if (near) last.end = address;
      stretches.push({ start: address, end, kind });
    }
  }
  return stretches;
}

class Names {
  #text = '\0';

  /** Where a name begins. */
  add(name: string): number {
    const at = this.#text.length;
    this.#text += `${name}\0`;
    return at;
  }

  get bytes(): Uint8Array {
    return latin1(this.#text);
  }
}

function symbolTable(
  sorted: readonly GuestSymbol[],
  stretches: readonly Stretch[],
  names: Names,
): Uint8Array {
  const table = new Uint8Array(SYMBOL * (sorted.length + 1));
  const view = new DataView(table.buffer);
  let section = 0;
  for (const [i, { name, address }] of sorted.entries()) {
    while (address >= stretches[section]!.end) section++;
    const { kind } = stretches[section]!;
    const at = SYMBOL * (i + 1);
    view.setUint32(at, names.add(name), true);
    view.setUint32(at + 4, address, true);
    view.setUint8(at + 12, INFO[kind]);
    view.setUint16(at + 14, section + 1, true);
  }
  return table;
}

/** Header, contents, section headers. */
function file(named: readonly Section[], entry: number): Uint8Array {
  const names = new Names();
  const offsets = named.map(({ name }) => names.add(name));
  const ownName = names.add('.shstrtab');
  const strings = { name: '.shstrtab', type: TYPE.strtab, data: names.bytes, size: names.bytes.length };
  const sections: Section[] = [...named, strings];
  const contents = sections.map(({ data }) => data ?? new Uint8Array());
  const headersAt = contents.reduce((sum, { length }) => sum + length, HEADER);
  const out = new Uint8Array(headersAt + SECTION_HEADER * (sections.length + 1));
  const view = new DataView(out.buffer);
  writeHeader(view, entry, headersAt, sections.length + 1);
  let at = HEADER;
  for (const [i, section] of sections.entries()) {
    out.set(contents[i]!, at);
    const { type, flags = 0, address = 0, size, link = 0, info = 0, entry: each = 0 } = section;
    const words = [offsets[i] ?? ownName, type, flags, address, at, size, link, info, 1, each];
    const header = headersAt + SECTION_HEADER * (i + 1);
    for (const [n, word] of words.entries()) view.setUint32(header + 4 * n, word, true);
    at += contents[i]!.length;
  }
  return out;
}

function writeHeader(view: DataView, entry: number, headersAt: number, count: number): void {
  // 7Fh "ELF", 32-bit, least significant byte first, version 1.
  [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1].forEach((byte, i) => {
    view.setUint8(i, byte);
  });
  view.setUint16(16, EXECUTABLE, true);
  view.setUint16(18, I386, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, entry, true);
  view.setUint32(32, headersAt, true);
  view.setUint16(40, HEADER, true);
  view.setUint16(46, SECTION_HEADER, true);
  view.setUint16(48, count, true);
  view.setUint16(50, count - 1, true);
}
