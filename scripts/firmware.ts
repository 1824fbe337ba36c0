/**
 * Which firmware is built from which source, and what the generated modules look like. Devices may not
 * read files, so an image and its symbols become a TypeScript module, committed with its source; a test
 * compares the two. Pure: files come from the caller.
 */
import { assemble, type Assembly } from '../src/devices/firmware/assembler/assembler.js';
import { biosVgaTables } from '../src/devices/vga/tables.js';

export interface Firmware {
  /** Both from the project's root. */
  readonly source: string;
  readonly output: string;
  /** Contents of files that it includes with incbin and that are computed, not stored. */
  readonly binaries?: () => ReadonlyMap<string, Uint8Array>;
}

/** The BIOS has the tables that the VGA model defines. */
function biosBinaries(): ReadonlyMap<string, Uint8Array> {
  const vga = biosVgaTables();
  return new Map([
    ['vga_modes.bin', vga.modes],
    ['vga_parameters.bin', vga.parameters],
    ['palette_ega.bin', vga.paletteEga],
    ['palette_cga.bin', vga.paletteCga],
    ['palette_mono.bin', vga.paletteMono],
    ['palette_256.bin', vga.palette256],
    ['font8x8.bin', vga.font8x8],
    ['font8x14.bin', vga.font8x14],
    ['font8x16.bin', vga.font8x16],
  ]);
}

export const FIRMWARE: readonly Firmware[] = [
  {
    source: 'src/devices/firmware/bios/pc.asm',
    output: 'src/devices/firmware/generated/bios.ts',
    binaries: biosBinaries,
  },
  {
    source: 'src/devices/firmware/bios/xt.asm',
    output: 'src/devices/firmware/generated/xtBios.ts',
    binaries: biosBinaries,
  },
  { source: 'src/devices/firmware/guest/racer.asm', output: 'src/devices/firmware/generated/racer.ts' },
];

export type ReadFile = (path: string) => Uint8Array;

/** The text of `output`. Files that the source includes lie beside it. */
export function generate(firmware: Firmware, read: ReadFile): string {
  return render(firmware.source, assembleFile(firmware, read));
}

export function assembleFile({ source, binaries }: Firmware, read: ReadFile): Assembly {
  const computed = binaries?.();
  const slash = source.lastIndexOf('/') + 1;
  const folder = source.slice(0, slash);
  const text = (path: string) => new TextDecoder().decode(read(path));
  return assemble(text(source), {
    name: source.slice(slash),
    include: (name) => text(folder + name),
    incbin: (name) => computed?.get(name) ?? read(folder + name),
  });
}

/** One line a label, by address: eight hex digits, `t` or `d` as nm has them for code and data, the name. */
export function symbolLines({ symbols, labels }: Assembly): string[] {
  return [...symbols]
    .filter(([name]) => labels.has(name))
    .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
    .map(([name, value]) => {
      const kind = labels.get(name) === 'code' ? 't' : 'd';
      return `${(value >>> 0).toString(16).padStart(8, '0')} ${kind} ${name}`;
    });
}

const BASE64_COLUMNS = 96;

function render(source: string, assembly: Assembly): string {
  const base64 = Buffer.from(assembly.bytes).toString('base64');
  const rows = base64.match(new RegExp(`.{1,${BASE64_COLUMNS}}`, 'g')) ?? [];
  return [
    '/**',
    ` * Generated from ${source} by scripts/build-firmware.ts; do not edit.`,
    ' */',
    '',
    '/** The image, in base64. */',
    'export const IMAGE =',
    `${rows.map((row) => `  '${row}'`).join(' +\n')};`,
    '',
    '/** Address in hex, t (code) or d (data), and name of every label, a line each. */',
    'export const SYMBOLS = `\\',
    ...symbolLines(assembly),
    '`;',
    '',
  ].join('\n');
}
