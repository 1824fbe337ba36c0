/**
 * Runs a ROM of test386.asm (github.com/barotto/test386.asm), a self-test of 386 processors, on a bare
 * core: REWIND86_TEST386 names the assembled image, 64 or 128 KiB, with its POST port at 190h. It is not part of the
 * project. If it was assembled with OUT_PORT E9h and REWIND86_TEST386_REFERENCE names its list of
 * expected results, the printed results are compared too.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bench } from './support/bench.js';

const ROM = process.env.REWIND86_TEST386;
const REFERENCE = process.env.REWIND86_TEST386_REFERENCE;
const POST_PORT = 0x190;
const TEXT_PORT = 0xe9;
const END = 0xff;
const RAM = 1 << 20;
/** It takes 240 million. */
const MAX_CLOCKS = 1e9;
const PATIENCE_MS = 300_000;

const lines = (text: string): string[] =>
  text
    .replaceAll('\r', '')
    .split('\n')
    .map((l) => l.trimEnd());

describe('test386.asm', () => {
  it.skipIf(!ROM)(
    ROM ? 'reaches POST FFh' : 'no ROM: REWIND86_TEST386 names one',
    { timeout: PATIENCE_MS },
    () => {
      const image = readFileSync(ROM!);
      const { cpu, memory, wires } = bench('compiler', 'i386', RAM, 1);
      const posts: number[] = [];
      const text: number[] = [];
      wires.writes = (port, value) => {
        if (port === POST_PORT) posts.push(value);
        if (port === TEXT_PORT) text.push(value & 0xff);
      };
      memory.load(RAM - image.length, image);
      memory.setKind(RAM - image.length, image.length, 'rom');
      cpu.run(MAX_CLOCKS);
      expect(posts.at(-1), `the last POST code of ${posts.map((p) => p.toString(16))}`).toBe(END);
      if (REFERENCE && text.length > 0) {
        expect(lines(Buffer.from(text).toString('latin1'))).toEqual(lines(readFileSync(REFERENCE, 'latin1')));
      }
    },
  );
});
