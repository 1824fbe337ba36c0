/** The xt board from the command line: recorded under a script that types and looks, verified, looked at. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { assemble } from '../../src/devices/firmware/assembler/assembler.js';
import { RealHost } from './support/realHost.js';

/** Says that it is ready, shows what is typed, writes each key to the disk, and ends on "q". */
const ECHO = `
        cpu 8086
        org 7C00h
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        sti
        cld
        mov si, ready
.say:   lodsb
        test al, al
        jz next
        mov ah, 0Eh
        xor bx, bx
        int 10h
        jmp .say
next:   mov ah, 0
        int 16h
        cmp al, 'q'
        je quit
        mov [key], al
        mov ah, 0Eh
        xor bx, bx
        int 10h
        mov ax, 0301h
        mov bx, key
        mov cx, 0001h
        mov dx, 0080h
        int 13h
        jmp next
quit:   mov al, 7
        out 0F4h, al
        hlt
ready:  db "ready>", 0
key:    db 0
        times 510-($-$$) db 0
        dw 0AA55h
`;
const SCRIPT = `
- wait: ready>
  on: screen
- type: "Hi, 8088!"
  on: screen
- wait: /ready>Hi, 8088!/
  on: screen
- delay: 500
- type: "q"
  on: screen
- finish: 10000
`;

let dir: string;
let host: RealHost;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
  host = new RealHost();
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

function file(name: string, contents: string | Uint8Array): string {
  const at = path.join(dir, name);
  fs.writeFileSync(at, contents);
  return at;
}

async function cli(...args: string[]): Promise<number> {
  host.out = '';
  host.err = '';
  return runCli(args, host);
}

it.each([
  ['i8088', 'cga'],
  ['i8086', 'mda'],
])('records and verifies an xt with %s and %s', async (cpu, video) => {
  const floppy = new Uint8Array(360 * 1024);
  floppy.set(assemble(ECHO).bytes);
  const trace = path.join(dir, 'xt.rewind');
  const saved = path.join(dir, 'saved.img');
  const machine = ['--board', 'xt', '--cpu', cpu, '--video', video, '-m', '256K', '--debug-ports'];
  const images = ['--floppy', file('a.img', floppy), '--disk', file('c.img', new Uint8Array(2 ** 20))];
  const run = ['--script', file('s.yaml', SCRIPT), '--save-disk', saved, '-o', trace];
  expect(await cli('record', ...machine, ...images, ...run), host.err).toBe(7);
  expect(fs.readFileSync(saved)[0]).toBe('!'.charCodeAt(0));

  expect(await cli('verify', trace, '--json'), host.err).toBe(0);
  expect(JSON.parse(host.out)).toMatchObject({ verified: true });

  const picture = path.join(dir, 'screen.png');
  expect(await cli('replay', trace, '--screen', '--picture', picture), host.err).toBe(7);
  expect(host.out).toContain('ready>Hi, 8088!');
  const png = fs.readFileSync(picture);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(video === 'cga' ? [640, 200] : [720, 350]);
});
