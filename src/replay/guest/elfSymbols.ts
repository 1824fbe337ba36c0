/**
 * The symbol table of a 32-bit little-endian ELF file (Tool Interface Standard, ELF specification 1.2, book I,
 * chapter 1: sections, symbol table). Names of sections and source files are no symbols.
 */
import type { GuestSymbol } from './symbols.js';

const MAGIC = 0x464c457f; // 7Fh "ELF"
/** Bytes 4-5 of the file: 32-bit, least significant byte first. */
const CLASS_32_LSB = 0x0101;
const HEADER = 52;
const SECTION_HEADER = 40;
const SYMBOL = 16;
const SHT_SYMTAB = 2;
const SHN_UNDEF = 0;
const SHF_EXECINSTR = 4;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_SECTION = 3;
const STT_FILE = 4;

interface Section {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  /** Of a symbol table: the section of its names. */
  readonly link: number;
}

const viewOf = (file: Uint8Array): DataView => new DataView(file.buffer, file.byteOffset, file.length);

export function isElf(file: Uint8Array): boolean {
  return file.length >= HEADER && viewOf(file).getUint32(0, true) === MAGIC;
}

/** Throws a RangeError that says what is wrong. */
export function elfSymbols(file: Uint8Array): GuestSymbol[] {
  const view = viewOf(file);
  if (view.getUint16(4, true) !== CLASS_32_LSB) throw new RangeError('it is not a 32-bit ELF file');
  const sections = sectionsOf(view);
  return sections
    .filter(({ type }) => type === SHT_SYMTAB)
    .flatMap((table) => symbolsOf(file, table, sections));
}

function sectionsOf(view: DataView): Section[] {
  const table = view.getUint32(32, true);
  const size = view.getUint16(46, true);
  const count = view.getUint16(48, true);
  if (count > 0 && (size < SECTION_HEADER || table + size * count > view.byteLength)) throw cutOff();
  return Array.from({ length: count }, (_, i) => {
    const field = (n: number) => view.getUint32(table + i * size + 4 * n, true);
    return { type: field(1), flags: field(2), offset: field(4), size: field(5), link: field(6) };
  });
}

function cutOff(): RangeError {
  return new RangeError('the ELF file is cut off');
}

function symbolsOf(file: Uint8Array, table: Section, sections: readonly Section[]): GuestSymbol[] {
  const names = sections[table.link];
  if (!names || [table, names].some((s) => s.offset + s.size > file.length)) throw cutOff();
  const view = viewOf(file);
  const text = file.subarray(names.offset, names.offset + names.size);
  const out: GuestSymbol[] = [];
  for (let at = table.offset; at + SYMBOL <= table.offset + table.size; at += SYMBOL) {
    const name = nameAt(text, view.getUint32(at, true));
    const type = view.getUint8(at + 12) & 15;
    if (name === '' || type === STT_SECTION || type === STT_FILE) continue;
    const section = view.getUint16(at + 14, true);
    if (section === SHN_UNDEF) continue;
    out.push({ name, address: view.getUint32(at + 4, true), ...kindOf(type, sections[section]) });
  }
  return out;
}

/** Assembled code seldom says more than where it is. */
function kindOf(type: number, section: Section | undefined): Pick<GuestSymbol, 'kind'> {
  if (type === STT_FUNC) return { kind: 'code' };
  if (type === STT_OBJECT) return { kind: 'data' };
  return section ? { kind: section.flags & SHF_EXECINSTR ? 'code' : 'data' } : {};
}

function nameAt(text: Uint8Array, at: number): string {
  const end = text.indexOf(0, at);
  return new TextDecoder().decode(text.subarray(at, end < 0 ? undefined : end));
}
