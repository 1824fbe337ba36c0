/**
 * Debian's ne2k-pci driver on the network adapter: addresses, pings and a file by TFTP from somebody at the other end
 * of its cable, recorded, verified, captured. Needs the guest that scripts/debian-guest.sh makes; `npm run test:linux`
 * runs it.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPcapng } from '../replay/support/pcapngReader.js';
import { NetworkPeer, PEER_ADDRESS } from './support/networkPeer.js';
import { GUEST, rewind86, type Said } from './support/program.js';

const [KERNEL, INITRD] = [join(GUEST, 'vmlinuz'), join(GUEST, 'initrd.gz')];
const missing = [KERNEL, INITRD].filter((path) => !existsSync(path));
const driver = missing.length === 0 && gunzipSync(readFileSync(INITRD)).includes('ne2k-pci.ko');
if (missing.length) console.log(`skipped: no ${missing.join(', ')}; scripts/debian-guest.sh makes the guest`);
else if (!driver)
  console.log(`skipped: ${INITRD} has no ne2k-pci; scripts/debian-guest.sh makes one that has`);

/** Some blocks of TFTP, and a part of one. */
const FILE = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 31 + (i >>> 8)) & 0xff));
const DIGEST = createHash('sha256').update(FILE).digest('hex');
const SCRIPT = `
- expect-not: "Kernel panic"
- wait: "guest# "
  timeout: 300000
- type: "ip addr add 10.86.0.2/24 dev eth0; ip link set eth0 up; ip addr show eth0; echo 'do'ne-1\\n"
- wait: "done-1"
- type: "ping -c 3 ${PEER_ADDRESS}; ping -c 3 -s 1472 ${PEER_ADDRESS}; echo 'do'ne-2\\n"
- wait: "done-2"
- type: "tftp -g -r file ${PEER_ADDRESS}; sha256sum file; echo 'do'ne-3\\n"
- wait: "done-3"
- type: "cat /proc/net/dev; grep eth0 /proc/interrupts; echo 'do'ne-4\\n"
- wait: "done-4"
- type: "poweroff\\n"
- finish: 30000
`;

describe.skipIf(!driver)('Debian on a network', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewind86-net-'));
  const trace = join(folder, 'net.rewind');
  let recorded: Said;
  let console: string;
  let peer: NetworkPeer;

  beforeAll(async () => {
    peer = await NetworkPeer.open(FILE);
    const script = join(folder, 'net.yaml');
    writeFileSync(script, SCRIPT);
    const machine = ['--memory', '128M', '--kernel', KERNEL, '--initrd', INITRD, '--seed', '1'];
    // With a fast CPU the boot takes little of the guest's time, which passes no faster than the host's.
    const fast = ['--append', 'console=ttyS0 cryptomgr.notests', '--clock-multiplier', '336'];
    const net = ['--net', `udp:${peer.port + 1}:${peer.port}`, '--script', script];
    recorded = await rewind86('record', ...machine, ...fast, ...net, '-o', trace);
    console = recorded.out.replaceAll('\r', '');
    peer.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('boots, does what the script says, and powers off', () => {
    expect(recorded).toMatchObject({ code: 0, err: expect.stringMatching(/power-off at clock \d+/) });
  });

  it('finds the adapter and its address', () => {
    expect(console).toMatch(/ne2k-pci 0000:00:03\.0 eth0: RealTek RTL-8029.* 52:57:00:00:00:01\.$/m);
    expect(console).toMatch(/^ {4}link\/ether 52:57:00:00:00:01 brd ff:ff:ff:ff:ff:ff$/m);
  });

  it('gets its pings back, small and as large as a frame', () => {
    expect(console.match(/^3 packets transmitted, 3 packets received, 0% packet loss$/gm)).toHaveLength(2);
    expect(console).toMatch(/^1480 bytes from 10\.86\.0\.1: seq=2 ttl=64/m);
  });

  it('gets the file as it is', () => {
    expect(console).toContain(`\n${DIGEST}  file\n`);
  });

  it('counts no errors, and is interrupted', () => {
    // Received: bytes, packets, errors, drops, fifo, frame ...; then the same of what was sent.
    expect(console).toMatch(/^ +eth0: +\d+ +\d+ +0 +0 +0 +0 +0 +0 +\d+ +\d+ +0 +0 +0 +0 +0 +0$/m);
    const [, interrupts] = /^ *\d+: +(\d+) +XT-PIC +eth0$/m.exec(console) ?? [];
    expect(Number(interrupts)).toBeGreaterThan(peer.sent.length);
  });

  it('verifies without anybody at the other end', async () => {
    const verified = await rewind86('verify', trace);
    expect(verified).toMatchObject({ code: 0, err: '' });
    const [, state] = /state ([0-9a-f]{16})\s*$/.exec(recorded.err) ?? [];
    expect(verified.out).toContain(`state ${state}`);
  });

  it('is captured as the other end has seen it', async () => {
    const capture = join(folder, 'net.pcapng');
    expect(await rewind86('export', trace, '--pcap', capture)).toMatchObject({ code: 0, err: '' });
    const { frames } = readPcapng(readFileSync(capture));
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    const sent = frames.filter(({ flags }) => (flags & 3) === 2).map(({ data }) => hex(data));
    const heard = frames.filter(({ flags }) => (flags & 3) === 1).map(({ data }) => hex(data));
    expect(sent).toEqual(peer.received.map(hex));
    const filled = (frame: Buffer): Buffer => Buffer.concat([frame], Math.max(60, frame.length));
    expect(heard).toEqual(peer.sent.map((frame) => hex(filled(frame))));
    const times = frames.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
  });
});
