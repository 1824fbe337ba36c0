/** Instructions before an address, held against code that is decoded from its beginning: the bundled guest's. */
import { Decoder, DecoderOptions } from 'iced-x86';
import { describe, expect, it } from 'vitest';
import { guestImage, guestSymbols } from '../../../src/devices/firmware/guest.js';
import { instructionsBefore, stretchBefore } from '../../../src/replay/guest/instructionsBefore.js';
import { readSymbols, Symbols } from '../../../src/replay/guest/symbols.js';

const LOAD_ADDRESS = 0x100000;
const image = guestImage();
const symbols = readSymbols(new TextEncoder().encode(guestSymbols()));
const none = new Symbols();

/** Code that begins and ends at these labels: where its instructions begin, and where the last one ends. */
function forward(from: string, to: string): number[] {
  const [start, end] = [symbols.address(from)!, symbols.address(to)!];
  const decoder = new Decoder(
    32,
    image.subarray(start - LOAD_ADDRESS, end - LOAD_ADDRESS),
    DecoderOptions.None,
  );
  const out: number[] = [];
  for (let at = start; at < end; at += decoder.decode().length) out.push(at);
  return [...out, end];
}

const before = (end: number, count: number, known: Symbols) => {
  const to = end - LOAD_ADDRESS;
  const bytes = image.subarray(Math.max(0, to - stretchBefore(count)), to);
  return instructionsBefore(bytes, end, count, 32, known);
};

/** No label is within, and no data. */
const STRAIGHT = [
  ['worker', 'worker.work'],
  ['random.mix', 'random.done'],
  ['start_timer', 'timer_interrupt'],
] as const;

describe('instructions before an address', () => {
  it.each(STRAIGHT)('are those from %s to %s', (from, to) => {
    const all = forward(from, to);
    expect(all.length).toBeGreaterThan(3);
    for (const [n, end] of all.entries()) {
      expect(before(end, n, symbols), `before ${end.toString(16)}`).toEqual(all.slice(0, n));
    }
  });

  it('do not reach into a symbol that lies behind data', () => {
    const worker = symbols.address('worker')!;
    // The task before it is data, of which some bytes would make a longer instruction.
    const found = before(worker + 5, 2, symbols);
    expect(found.at(-1)).toBe(worker);
    expect(found[0]).toBeLessThan(worker);
  });

  it('are found without symbols, too, some way behind where code begins', () => {
    const all = forward('random.mix', 'random.done');
    expect(before(all.at(-1)!, 6, none)).toEqual(all.slice(-7, -1));
  });

  it('are fewer where there are fewer bytes', () => {
    expect(instructionsBefore(Uint8Array.of(0x90, 0x90), 2, 5, 32, none)).toEqual([0, 1]);
    expect(instructionsBefore(new Uint8Array(0), 0, 5, 32, none)).toEqual([]);
    // 0F FF is none, so nothing ends there.
    expect(instructionsBefore(Uint8Array.of(0x0f), 1, 1, 32, none)).toEqual([]);
  });

  it('lie side by side, whatever the bytes are', () => {
    const bytes = Uint8Array.from({ length: 600 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
    for (let end = 200; end < 600; end += 7) {
      const found = [...instructionsBefore(bytes.subarray(0, end), end, 8, 32, none), end];
      for (const [i, at] of found.slice(0, -1).entries()) {
        const decoder = new Decoder(32, bytes.subarray(at), DecoderOptions.None);
        expect(decoder.decode().length).toBe(found[i + 1]! - at);
      }
    }
  });
});
