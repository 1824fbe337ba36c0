/** Boots the guest given as the first argument on v86; says on standard output whether the hash was right. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { APPEND, Operator } from './guest.mjs';

const { build, bios, kernel, initrd, disk } = JSON.parse(process.argv[2]);
const { V86 } = await import(pathToFileURL(join(build, 'libv86.mjs')).href);
const image = (path) => ({ buffer: new Uint8Array(readFileSync(path)).buffer });
/** Host milliseconds after which a guest that shows no end is given up. */
const PATIENCE = 15 * 60_000;

const emulator = new V86({
  wasm_path: join(build, 'v86.wasm'),
  memory_size: 128 << 20,
  vga_memory_size: 2 << 20,
  bios: image(bios[0]),
  vga_bios: image(bios[1]),
  bzimage: image(kernel),
  initrd: image(initrd),
  cmdline: APPEND,
  hda: image(disk),
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
  autostart: true,
});
const operator = new Operator(
  (text) => emulator.serial0_send(text),
  (right) => {
    console.log(JSON.stringify({ right }));
    process.exit(0);
  },
);
emulator.add_listener('serial0-output-byte', (byte) => operator.hear(String.fromCharCode(byte)));
setTimeout(() => process.exit(1), PATIENCE);
