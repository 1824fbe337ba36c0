/** A live session on the real board: a guest that only waits, and a person at a terminal. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { RealHost } from './support/realHost.js';

/** mov dx, 3FBh; mov al, 3; out dx, al (eight data bits); mov dx, 3F8h; mov al, '.'; next: out dx, al; sti; hlt; jmp next */
const DOTS = [0xba, 0xfb, 0x03, 0xb0, 0x03, 0xee, 0xba, 0xf8, 0x03, 0xb0, 0x2e, 0xee, 0xfb, 0xf4, 0xeb, 0xfb];
/** Timer interrupts a second, as the BIOS sets the timer up: 1193182 / 65536. */
const DOTS_A_SECOND = 18.2065;

let dir: string;
let floppy: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rewind86-'));
  floppy = path.join(dir, 'dots.img');
  const image = new Uint8Array(80 * 2 * 18 * 512);
  image.set(DOTS);
  image.set([0x55, 0xaa], 510);
  fs.writeFileSync(floppy, image);
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('a guest that waits keeps to the clock on the wall', async () => {
  const host = new RealHost();
  host.stdin.isTTY = true;
  const running = runCli(['run', '-m', '2M', '--floppy', floppy], host);
  while (!host.out) await sleep(20);
  const [began, before] = [performance.now(), host.out.length];
  await sleep(1500);
  const dots = host.out.length - before;
  // What a busy host loses is forgiven; but never is time made up for what the guest has not done.
  expect(dots).toBeLessThan((DOTS_A_SECOND * (performance.now() - began + 250)) / 1000);
  expect(dots).toBeGreaterThan(2);
  host.stdin.emit('data', Buffer.from('\x01x'));
  expect(await running).toBe(0);
});

it('away from a terminal it runs ahead, to the time limit', async () => {
  const host = new RealHost();
  expect(await runCli(['run', '-m', '2M', '--floppy', floppy, '--time-limit', '30'], host)).toBe(83);
  expect(host.out).toMatch(/^\.+$/);
  expect(host.out.length).toBeGreaterThan(DOTS_A_SECOND * 27);
  expect(host.out.length).toBeLessThan(DOTS_A_SECOND * 30);
});
