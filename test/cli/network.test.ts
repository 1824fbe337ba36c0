/**
 * `--net` from the command line: a guest that sends every frame back, somebody at the other end of its cable on
 * loopback, and what `verify`, `events`, `info` and `export --pcap` make of the trace.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { assemble } from '../../src/devices/firmware/assembler/assembler.js';
import { readPcapng } from '../replay/support/pcapngReader.js';
import { RealHost } from './support/realHost.js';

/** Finds the adapter on PCI, hears everything, and sends it back; ends with a frame whose contents begin with "q". */
const MIRROR = `
        cpu 386
        bits 16
        org 7C00h
BUFFER  equ 9000h
        cli
        cld
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        mov eax, 80001810h
        mov dx, 0CF8h
        out dx, eax
        mov dx, 0CFCh
        in eax, dx
        and al, 0E0h
        mov bp, ax
        mov si, setup
.next:  lodsw
        cmp al, 0FFh
        je listen
        call put
        jmp .next

listen: mov ax, 6200h
        call put
        mov al, 7
        call get
        mov bl, al
        mov ax, 2200h
        call put
        mov al, 3
        call get
        cmp al, bl
        je listen
        mov ax, 1A00h
        call put
        lea dx, [bp+10h]
        in ax, dx
        in ax, dx
        sub ax, 4
        mov bx, ax
        lea cx, [bx+1]
        shr cx, 1
        mov di, BUFFER
        rep insw
        mov eax, [BUFFER]
        xchg eax, [BUFFER+6]
        mov [BUFFER], eax
        mov ax, [BUFFER+4]
        xchg ax, [BUFFER+10]
        mov [BUFFER+4], ax
        mov ax, 0008h
        call put
        mov ax, 4009h
        call put
        mov al, 0Ah
        mov ah, bl
        call put
        mov al, 0Bh
        mov ah, bh
        call put
        mov ax, 1200h
        call put
        lea dx, [bp+10h]
        lea cx, [bx+1]
        shr cx, 1
        mov si, BUFFER
        rep outsw
        mov al, 5
        mov ah, bl
        call put
        mov al, 6
        mov ah, bh
        call put
        mov ax, 2600h
        call put
.wait:  mov al, 0
        call get
        test al, 4
        jnz .wait
        cmp byte [BUFFER+14], 'q'
        jne listen
        mov al, 3
        out 0F4h, al
        hlt

; Writes AH to register AL.
put:    mov dx, bp
        add dl, al
        mov al, ah
        out dx, al
        ret
; Reads register AL.
get:    mov dx, bp
        add dl, al
        in al, dx
        ret

setup:  db 00h, 21h, 0Eh, 49h, 0Ah, 00h, 0Bh, 00h, 0Ch, 14h, 0Dh, 00h, 04h, 40h, 01h, 46h
        db 02h, 80h, 03h, 46h, 07h, 0FFh, 0Fh, 00h, 00h, 61h, 07h, 46h, 00h, 22h, 0FFh, 0FFh
        times 510-($-$$) db 0
        dw 0AA55h
`;
const GUEST = [0x52, 0x57, 0, 0, 0, 0x2a];
const BOOT = Date.UTC(2026, 0, 31, 12) / 1000;

let dir: string;
let host: RealHost;
const at = (name: string): string => path.join(dir, name);

async function cli(...args: string[]): Promise<number> {
  host = new RealHost();
  return await runCli(args, host);
}

/** From us to the guest; its contents are `first` and then count up. */
function frame(first: string, length: number): Buffer {
  const header = [...GUEST, 2, 0, 0, 0, 0, 1, 0x88, 0xb5];
  return Buffer.from(Array.from({ length }, (_, i) => header[i] ?? (first.charCodeAt(0) + i - 14) & 0xff));
}

/** As the guest gets it, and sends it back: filled up to 60 bytes, with the addresses exchanged. */
function filled(sent: Buffer): Buffer {
  return Buffer.concat([sent], Math.max(60, sent.length));
}
function mirrored(sent: Buffer): Buffer {
  const out = filled(sent);
  return Buffer.concat([out.subarray(6, 12), out.subarray(0, 6), out.subarray(12)]);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function socket(): Promise<Socket> {
  const opened = createSocket('udp4');
  opened.bind(0, '127.0.0.1');
  await once(opened, 'listening');
  return opened;
}

/** One that nobody has at the moment. */
async function freePort(): Promise<number> {
  const opened = await socket();
  const { port } = opened.address();
  opened.close();
  return port;
}

const SENT = [frame('a', 60), frame('b', 20), frame('c', 1514), frame('d', 333), frame('q', 64)];
let heard: Buffer[];

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
  const disk = Buffer.alloc(63 * 512);
  disk.set(assemble(MIRROR).bytes);
  fs.writeFileSync(at('disk.img'), disk);
  heard = [];
  const peer = await socket();
  const stranger = await socket();
  const port = await freePort();
  peer.on('message', (bytes) => heard.push(bytes));
  // The guest hears nothing before it is ready: the first frame is sent again until it comes back.
  const sending = setInterval(() => {
    stranger.send(frame('q', 60), port, '127.0.0.1');
    if (heard.length === 0) peer.send(SENT[0]!, port, '127.0.0.1');
    else {
      clearInterval(sending);
      for (const one of SENT.slice(1)) peer.send(one, port, '127.0.0.1');
    }
  }, 50);
  const machine = ['--memory', '2M', '--disk', at('disk.img'), '--debug-ports', '--seed', '42'];
  const net = ['--net', `udp:${port}:${peer.address().port}`, '--boot-time', '2026-01-31T12:00:00Z'];
  const limit = ['--time-limit', '30', '-q', '-o', at('net.rewind')];
  const code = await cli('record', ...machine, ...net, ...limit);
  clearInterval(sending);
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const one of [peer, stranger]) one.close();
  expect({ code, err: host.err }).toMatchObject({ code: 3 });
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

describe('a guest with a network', () => {
  it('hears the other end, nobody else, and is heard', () => {
    const first = heard.filter((one) => one.equals(mirrored(SENT[0]!))).length;
    expect(first).toBeGreaterThan(0);
    expect(heard.slice(first).map(hex)).toEqual(SENT.slice(1).map(mirrored).map(hex));
  });

  it('does it again, to the bit, without anybody at the other end', async () => {
    expect(await cli('verify', at('net.rewind'))).toBe(0);
    expect(host.out).toMatch(/^verified/);
  });

  it('has an address that follows from the seed', async () => {
    expect(await cli('info', at('net.rewind'))).toBe(0);
    expect(host.out).toMatch(/^network +RTL8029AS, 52:57:00:00:00:2a$/m);
  });

  it('has a line for each frame', async () => {
    expect(await cli('events', at('net.rewind'), '--kind', 'net')).toBe(0);
    const lines = host.out.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(
      /^ +\d+ net {4}nic-core tx 52:57:00:00:00:2a > 02:00:00:00:00:01 type 88b5h, 64 bytes$/,
    );
    const received = lines.filter((line) => line.includes(' rx 02:00:00:00:00:01 > 52:57:00:00:00:2a '));
    expect(received.length).toBe(heard.length);
  });

  it('is captured: frames of both directions, in nanoseconds of the guest', async () => {
    expect(await cli('export', at('net.rewind'), '--pcap', at('net.pcapng'))).toBe(0);
    const capture = readPcapng(fs.readFileSync(at('net.pcapng')));
    expect(capture.linkType).toBe(1);
    expect([...capture.interface.get(6)!]).toEqual(GUEST);
    expect([...capture.interface.get(9)!]).toEqual([9]);
    // Direction in bits 1-0, kind of destination in bits 4-2: unicast.
    const out = capture.frames.filter(({ flags }) => flags === 0b110);
    const into = capture.frames.filter(({ flags }) => flags === 0b101);
    expect(out.map(({ data }) => hex(data))).toEqual(heard.map(hex));
    expect(into.slice(-4).map(({ data }) => hex(data))).toEqual(SENT.slice(1).map(filled).map(hex));

    expect(await cli('events', at('net.rewind'), '--json')).toBe(0);
    const events = host.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { clock: number; kind: string; device: string; what: string });
    const clocks = events
      .filter(({ kind, what, device }) => (kind === 'net' && what === 'tx') || device === 'net:0')
      .map(({ clock }) => clock);
    // The CPU's clock: 84 x 105/88 MHz.
    const since = clocks.map((clock) => Number((BigInt(clock) * 88000n) / (84n * 105n)));
    const times = capture.frames.map(({ time }) => Number(time - BigInt(BOOT) * 1_000_000_000n));
    expect(times).toEqual(since);
  });

  it('is drawn with its frames', async () => {
    expect(await cli('export', at('net.rewind'), '--perfetto', at('net.json'))).toBe(0);
    const text = fs.readFileSync(at('net.json'), 'utf8');
    for (const one of [...heard, ...SENT.slice(1).map(filled)]) {
      expect(text).toContain(`type 88b5h, ${one.length} bytes"`);
    }
    expect(text).toContain('"tx 52:57:00:00:00:2a > 02:00:00:00:00:01 type 88b5h, 64 bytes"');
  });

  it('hears somebody new in a branch', async () => {
    const peer = await socket();
    const port = await freePort();
    const answers: Buffer[] = [];
    peer.on('message', (bytes) => answers.push(bytes));
    const sending = setInterval(() => peer.send(SENT.at(-1)!, port, '127.0.0.1'), 50);
    fs.writeFileSync(at('end.yaml'), '- finish: 30000');
    // Between the first frame and the last; the guest listens.
    expect(await cli('events', at('net.rewind'), '--kind', 'net', '--json')).toBe(0);
    const { clock } = JSON.parse(host.out.split('\n')[1]!) as { clock: number };
    const branch = ['branch', at('net.rewind'), '--at', String(clock), '--script', at('end.yaml'), '-q'];
    const net = ['--net', `udp:${port}:${peer.address().port}`, '-o', at('branch.rewind')];
    const code = await cli(...branch, ...net);
    clearInterval(sending);
    expect({ code, err: host.err }).toMatchObject({ code: 3 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    peer.close();
    expect(hex(answers.at(-1)!)).toBe(hex(mirrored(SENT.at(-1)!)));
    expect(await cli('verify', at('branch.rewind'))).toBe(0);
  });

  it('is captured in part', async () => {
    expect(await cli('events', at('net.rewind'), '--kind', 'net', '--json')).toBe(0);
    const { clock } = JSON.parse(host.out.trimEnd().split('\n').at(-1)!) as { clock: number };
    const span = ['--from', String(clock), '--to', String(clock)];
    expect(await cli('export', at('net.rewind'), '--pcap', at('part.pcapng'), ...span)).toBe(0);
    const { frames } = readPcapng(fs.readFileSync(at('part.pcapng')));
    expect(frames.map(({ data }) => hex(data))).toEqual([hex(mirrored(SENT.at(-1)!))]);
  });
});

describe('what cannot be', () => {
  const problem = async (code: number, ...args: string[]): Promise<string> => {
    expect(await cli(...args)).toBe(code);
    expect(host.err.trimEnd().split('\n').length).toBe(1);
    return host.err;
  };
  const run = (...args: string[]) => ['run', '--disk', at('disk.img'), '--time-limit', '0.01', ...args];

  it.each(['udp', 'udp:1', 'udp:0:5', 'udp:5:70000', 'udp:a:5', 'udp:host:1:host:2', 'tcp:1:2', ''])(
    'is no cable: %s',
    async (text) => {
      expect(await cli(...run('--net', text))).toBe(64);
      expect(host.err).toContain('udp:LOCALPORT:REMOTEPORT');
    },
  );

  it('is an address of a group, or one without an adapter', async () => {
    expect(await problem(64, ...run('--net', 'none', '--mac', '01:00:00:00:00:00'))).toContain('six bytes');
    expect(await problem(64, ...run('--mac', '02:00:00:00:00:00'))).toContain('--mac needs --net');
  });

  it('is a port that somebody else has', async () => {
    const taken = await socket();
    const { port } = taken.address();
    expect(await problem(69, ...run('--net', `udp:${port}:9`))).toContain('somebody else has that port');
    taken.close();
  });

  it('is an adapter in an xt, or in a branch of a run without', async () => {
    expect(await problem(64, ...run('--board', 'xt', '--net', 'none'))).toContain('not for the xt');
    const trace = new URL('../../traces/lost-update.rewind', import.meta.url).pathname;
    const branch = ['branch', trace, '--at', '5', '--live', '-o', at('b.rewind')];
    expect(await problem(64, ...branch, '--net', 'none')).toContain('no network adapter');
    expect(await problem(65, 'export', trace, '--pcap', at('x.pcapng'))).toContain('no frames to export');
  });
});
