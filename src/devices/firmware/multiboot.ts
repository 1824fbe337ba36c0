/**
 * Loads a multiboot kernel into memory (Multiboot Specification 0.6.96): a 32-bit ELF file, or any image
 * whose header itself says where it belongs. Leaves the information structure (section 3.3) in low memory:
 * memory sizes and map, command line, one module for an initial RAM disk, the loader's name.
 *
 * Left out: the video mode a kernel may wish for (it gets 80x25 text), symbols, drives, APM.
 */
import { acpiBase, memoryMap } from '../acpiTables.js';
import { LOW_MEMORY, type LoadedKernel, type MemoryPiece, mailbox, type StartState } from './biosLayout.js';
import { readElf } from './elf.js';

const HEADER_MAGIC = 0x1badb002;
const BOOT_MAGIC = 0x2badb002;
/** The header lies in the first 8192 bytes, on 4 (section 3.1.1). */
const SEARCH = 8192;
const HeaderFlag = { pageAlign: 1, memory: 2, video: 4, addresses: 0x10000 } as const;
/** A loader must refuse a kernel that demands anything it does not know: bits 0-15. */
const KNOWN_DEMANDS = HeaderFlag.pageAlign | HeaderFlag.memory | HeaderFlag.video;
const InfoFlag = { memory: 1, commandLine: 4, modules: 8, map: 0x40, loaderName: 0x200 } as const;

const INFO = 0x90000;
/** Offsets in the block at INFO: the structure, the module list, the map, then the texts. */
const MODULES = 0x80;
const MAP = 0xa0;
const TEXTS = 0x200;
const STACK = INFO;
const LOADER_NAME = 'Rewind86';
const MIB = 1 << 20;
const PAGE = 4096;

export interface MultibootOptions {
  readonly image: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly commandLine: string;
  /** Bytes of RAM. */
  readonly memory: number;
}

/** A program in memory: contents with cleared memory after them, and where it starts. */
export interface Program {
  readonly pieces: readonly MemoryPiece[];
  readonly entry: number;
}

interface Header {
  readonly offset: number;
  readonly flags: number;
}

export function isMultiboot(image: Uint8Array): boolean {
  return findHeader(image) !== undefined;
}

/** Throws a RangeError that names the reason if the kernel cannot be loaded. */
export function loadMultiboot(options: MultibootOptions): LoadedKernel {
  const { image, initrd, memory } = options;
  const header = findHeader(image);
  if (!header) throw new RangeError('not a multiboot kernel: no header');
  if (header.flags & 0xffff & ~KNOWN_DEMANDS) {
    throw new RangeError(`the multiboot kernel demands flags ${(header.flags & 0xffff).toString(16)}h`);
  }
  const limit = acpiBase(memory);
  const program =
    header.flags & HeaderFlag.addresses ? readAddressed(image, header, limit) : readElf(image, limit);
  for (const piece of program.pieces) checkPlace(piece, limit);
  const module = initrd && placeModule(initrd, program, limit);
  const info = { address: INFO, bytes: buildInfo(options, module) };
  if (info.address + info.bytes.length > LOW_MEMORY.to) throw new RangeError('the command line is too long');
  const start: StartState = { eip: program.entry, esp: STACK, eax: BOOT_MAGIC, ebx: INFO, esi: 0 };
  const pieces = [...program.pieces, ...(module ? [module] : []), info, mailbox(start)];
  return { pieces, start };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function findHeader(image: Uint8Array): Header | undefined {
  const view = viewOf(image);
  for (let at = 0; at + 12 <= Math.min(image.length, SEARCH); at += 4) {
    if (view.getUint32(at, true) !== HEADER_MAGIC) continue;
    const flags = view.getUint32(at + 4, true);
    if (((HEADER_MAGIC + flags + view.getUint32(at + 8, true)) & 0xffffffff) === 0)
      return { offset: at, flags };
  }
  return undefined;
}

/** Address fields of the header (section 3.1.3): load_end 0 means the file's end, bss_end 0 no BSS. */
function readAddressed(image: Uint8Array, header: Header, limit: number): Program {
  if (header.offset + 32 > image.length) throw new RangeError('the multiboot header is cut off');
  const view = viewOf(image);
  const [own, load, loadEnd, bssEnd, entry] = [0, 1, 2, 3, 4].map((i) =>
    view.getUint32(header.offset + 12 + 4 * i, true),
  ) as [number, number, number, number, number];
  const from = header.offset - (own - load);
  const length = loadEnd === 0 ? image.length - from : loadEnd - load;
  if (from < 0 || length < 0 || from + length > image.length) {
    throw new RangeError('the multiboot header names bytes that are not in the file');
  }
  const end = Math.max(load + length, bssEnd);
  if (end > limit) throw new RangeError('the kernel does not fit in memory');
  const bytes = new Uint8Array(end - load);
  bytes.set(image.subarray(from, from + length));
  return { pieces: [{ address: load, bytes }], entry };
}

/** A piece may lie in the low memory below our own structures, or above 1 MiB. */
function checkPlace({ address, bytes }: MemoryPiece, limit: number): void {
  const end = address + bytes.length;
  const low = address >= LOW_MEMORY.from && end <= INFO;
  if (!low && (address < MIB || end > limit)) {
    throw new RangeError(`the kernel wants ${address.toString(16)}h..${end.toString(16)}h, which is taken`);
  }
}

/** After the kernel, on a page. */
function placeModule(bytes: Uint8Array, program: Program, limit: number): MemoryPiece {
  const end = Math.max(MIB, ...program.pieces.map((p) => p.address + p.bytes.length));
  const address = Math.ceil(end / PAGE) * PAGE;
  if (address + bytes.length > limit) throw new RangeError('the module does not fit in memory');
  return { address, bytes };
}

function buildInfo({ commandLine, memory }: MultibootOptions, module: MemoryPiece | undefined): Uint8Array {
  const text = new TextEncoder().encode(`${LOADER_NAME}\0${commandLine}\0`);
  const info = new Uint8Array(TEXTS + text.length);
  info.set(text, TEXTS);
  const view = viewOf(info);
  const put = (at: number, value: number) => view.setUint32(at, value, true);
  const commandLineAt = INFO + TEXTS + LOADER_NAME.length + 1;
  put(
    0,
    Object.values<number>(InfoFlag).reduce((a, b) => a | b),
  );
  put(4, 639); // KiB from 0 on
  put(8, (acpiBase(memory) - MIB) / 1024); // and from 1 MiB on
  put(16, commandLineAt);
  put(20, module ? 1 : 0);
  put(24, INFO + MODULES);
  put(44, putMap(view, memory));
  put(48, INFO + MAP);
  put(64, INFO + TEXTS);
  if (module) {
    put(MODULES, module.address);
    put(MODULES + 4, module.address + module.bytes.length);
    put(MODULES + 8, commandLineAt);
  }
  return info;
}

/** The map's entries, each after its size; returns their length. */
function putMap(view: DataView, memory: number): number {
  const map = memoryMap(memory);
  map.forEach(({ address, length, type }, i) => {
    const at = MAP + 24 * i;
    view.setUint32(at, 20, true);
    view.setUint32(at + 4, address, true);
    view.setUint32(at + 12, length, true);
    view.setUint32(at + 20, type, true);
  });
  return 24 * map.length;
}
