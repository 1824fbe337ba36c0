/**
 * Loads a Linux kernel (bzImage) into memory as the "32-bit boot protocol" of the kernel's
 * Documentation/x86/boot.rst says: protected-mode code at 1 MiB, the zero page with the setup header,
 * the memory map and the state of the display, the command line, and the initial RAM disk as high as it may
 * be. The real-mode setup code is not run. Offsets are those of boot.rst and zero-page.rst.
 *
 * The kernel also gets a seed for its random numbers, as boot loaders give it. Without one it waits for
 * jitter of the time stamp counter, of which a deterministic machine has next to none: measured, a minute
 * of its time.
 *
 * Left out: kernels before protocol 2.02 or loaded low (zImage).
 */
import { acpiBase, memoryMap } from '../acpiTables.js';
import { LOW_MEMORY, type LoadedKernel, type MemoryPiece, mailbox, type StartState } from './biosLayout.js';

const ZERO_PAGE = 0x90000;
const ZERO_PAGE_SIZE = 0x1000;
const SETUP_DATA = ZERO_PAGE + ZERO_PAGE_SIZE;
const SETUP_DATA_SIZE = 0x100;
const COMMAND_LINE = SETUP_DATA + SETUP_DATA_SIZE;
const LOAD_ADDRESS = 0x100000;
const SECTOR = 512;
const PAGE = 4096;

/** Fields of the setup header, at the same offsets in the image and in the zero page. */
const Header = {
  first: 0x1f1,
  setupSectors: 0x1f1,
  bootFlag: 0x1fe,
  jumpLength: 0x201,
  magic: 0x202,
  version: 0x206,
  loader: 0x210,
  loadFlags: 0x211,
  codeStart: 0x214,
  ramdisk: 0x218,
  ramdiskSize: 0x21c,
  commandLine: 0x228,
  ramdiskMax: 0x22c,
  commandLineSize: 0x238,
  setupData: 0x250,
  preferredAddress: 0x258,
  initSize: 0x260,
} as const;
/** Fields of the zero page alone. */
const ZeroPage = { extendedMemory: 0x1e0, mapEntries: 0x1e8, map: 0x2d0 } as const;
const MAGIC = 0x53726448; // "HdrS"
const LOADED_HIGH = 1;
const UNKNOWN_LOADER = 0xff;
const SETUP_RNG_SEED = 9;
const SEED_HEADER = 16;
const SEED_SIZE = 32;
/** 2^32 divided by the golden ratio (Knuth, volume 3, 6.4): spreads neighbouring numbers. */
const GOLDEN_RATIO = 0x9e3779b9;
/** What the header says where it is too old to say it (boot.rst, the fields' descriptions). */
const DEFAULT_SETUP_SECTORS = 4;
const DEFAULT_RAMDISK_MAX = 0x37ffffff;
const DEFAULT_COMMAND_LINE_SIZE = 255;

export interface LinuxBootOptions {
  readonly image: Uint8Array;
  readonly initrd?: Uint8Array;
  readonly commandLine: string;
  /** Bytes of RAM. */
  readonly memory: number;
  /** The machine's seed: what the kernel's random numbers start from. */
  readonly seed: number;
}

/** What of the setup header loading needs. */
interface Setup {
  /** In the image: the protected-mode code. */
  readonly codeOffset: number;
  readonly ramdiskMax: number;
  readonly commandLineSize: number;
  /** First address after the memory that the kernel uses before it reads the map. */
  readonly end: number;
}

/** True for an image that starts as Linux kernels do. */
export function isLinux(image: Uint8Array): boolean {
  if (image.length < Header.magic + 4) return false;
  const view = viewOf(image);
  return view.getUint16(Header.bootFlag, true) === 0xaa55 && view.getUint32(Header.magic, true) === MAGIC;
}

/** Throws a RangeError that names the reason if the kernel cannot be loaded. */
export function loadLinux(options: LinuxBootOptions): LoadedKernel {
  const { image, initrd, memory } = options;
  const setup = readSetup(image);
  if (setup.end > acpiBase(memory)) throw new RangeError('the kernel does not fit in memory');
  const code: MemoryPiece = { address: LOAD_ADDRESS, bytes: image.slice(setup.codeOffset) };
  const ramdisk = initrd && { address: placeInitrd(initrd.length, setup, memory), bytes: initrd };
  const zero: MemoryPiece = { address: ZERO_PAGE, bytes: zeroPage(image, ramdisk, memory) };
  const low = [setupData(options.seed), commandLine(options.commandLine, setup), zero];
  const pieces = [code, ...low, ...(ramdisk ? [ramdisk] : [])];
  const start: StartState = { eip: LOAD_ADDRESS, esp: ZERO_PAGE, eax: 0, ebx: 0, esi: ZERO_PAGE };
  return { pieces: [...pieces, mailbox(start)], start };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function readSetup(image: Uint8Array): Setup {
  if (!isLinux(image)) throw new RangeError('not a Linux kernel: no setup header');
  const view = viewOf(image);
  const version = view.getUint16(Header.version, true);
  if (version < 0x0202 || !(image[Header.loadFlags]! & LOADED_HIGH)) {
    throw new RangeError('a Linux kernel must be a bzImage with boot protocol 2.02 or later');
  }
  const codeOffset = ((image[Header.setupSectors]! || DEFAULT_SETUP_SECTORS) + 1) * SECTOR;
  if (codeOffset >= image.length) throw new RangeError('the Linux kernel is cut off');
  const since = (protocol: number, at: number, older: number) =>
    version >= protocol ? view.getUint32(at, true) : older;
  const loadedEnd = LOAD_ADDRESS + image.length - codeOffset;
  const runEnd = since(0x020a, Header.preferredAddress, 0) + since(0x020a, Header.initSize, 0);
  return {
    codeOffset,
    ramdiskMax: since(0x0203, Header.ramdiskMax, DEFAULT_RAMDISK_MAX),
    commandLineSize: since(0x0206, Header.commandLineSize, DEFAULT_COMMAND_LINE_SIZE),
    end: Math.max(loadedEnd, runEnd),
  };
}

/** As high as the kernel allows, below the ACPI tables, on a page. */
function placeInitrd(size: number, setup: Setup, memory: number): number {
  const top = Math.min(setup.ramdiskMax + 1, acpiBase(memory));
  const address = Math.floor((top - size) / PAGE) * PAGE;
  if (address < setup.end) throw new RangeError('the initial RAM disk does not fit in memory');
  return address;
}

function commandLine(text: string, setup: Setup): MemoryPiece {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const room = Math.min(setup.commandLineSize + 1, LOW_MEMORY.to - COMMAND_LINE);
  if (bytes.length > room) throw new RangeError(`the command line is longer than ${room - 1} bytes`);
  return { address: COMMAND_LINE, bytes };
}

/** A list of one `struct setup_data`: no next, type, length, and the seed spread over 32 bytes. */
function setupData(seed: number): MemoryPiece {
  const view = new DataView(new ArrayBuffer(SEED_HEADER + SEED_SIZE));
  view.setUint32(8, SETUP_RNG_SEED, true);
  view.setUint32(12, SEED_SIZE, true);
  for (let i = 0; i < SEED_SIZE; i += 4) {
    view.setUint32(SEED_HEADER + i, Math.imul(seed ^ (i + 1), GOLDEN_RATIO), true);
  }
  return { address: SETUP_DATA, bytes: new Uint8Array(view.buffer) };
}

function zeroPage(image: Uint8Array, initrd: MemoryPiece | undefined, memory: number): Uint8Array {
  const page = new Uint8Array(ZERO_PAGE_SIZE);
  const view = viewOf(page);
  page.set(image.subarray(Header.first, Header.magic + image[Header.jumpLength]!), Header.first);
  page[Header.loader] = UNKNOWN_LOADER;
  view.setUint32(Header.codeStart, LOAD_ADDRESS, true);
  view.setUint32(Header.ramdisk, initrd?.address ?? 0, true);
  view.setUint32(Header.ramdiskSize, initrd?.bytes.length ?? 0, true);
  view.setUint32(Header.commandLine, COMMAND_LINE, true);
  // Kernels before protocol 2.09 do not look there.
  view.setUint32(Header.setupData, SETUP_DATA, true);
  putScreen(page);
  putMemoryMap(page, memory);
  return page;
}

/** struct screen_info: mode 3, 80 x 25, VGA, cells of 16 lines; the BIOS has used the first row. */
function putScreen(page: Uint8Array): void {
  page[0x01] = 1; // cursor's row
  page[0x06] = 3; // mode
  page[0x07] = 80;
  page[0x0e] = 25;
  page[0x0f] = 1; // a VGA
  page[0x10] = 16;
}

function putMemoryMap(page: Uint8Array, memory: number): void {
  const view = viewOf(page);
  const map = memoryMap(memory);
  view.setUint32(ZeroPage.extendedMemory, (acpiBase(memory) - LOAD_ADDRESS) / 1024, true);
  page[ZeroPage.mapEntries] = map.length;
  map.forEach(({ address, length, type }, i) => {
    const at = ZeroPage.map + 20 * i;
    view.setUint32(at, address, true);
    view.setUint32(at + 8, length, true);
    view.setUint32(at + 16, type, true);
  });
}
