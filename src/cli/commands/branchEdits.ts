/**
 * What `branch` is to do with its parent's inputs, from the command line: `3`, `3=text`, `3=PLACE`; an input's
 * number is its line in `rewind86 events --kind input`.
 */

import { textToKeys } from '../../devices/keys.js';
import { edited, type InputEdit, type TimedInput } from '../../replay/branch/inputs.js';
import type { Place } from '../../replay/debug/places.js';
import { usage } from '../errors.js';
import type { Host } from '../host/host.js';
import { clocksOf, place, type Run } from '../machine/places.js';

export interface EditOptions {
  readonly dropInput: readonly string[];
  readonly changeInput: readonly string[];
  readonly moveInput: readonly string[];
}

export interface Edits {
  readonly byNumber: ReadonlyMap<number, InputEdit>;
  /** The first clock at which the branch differs. */
  readonly from: number;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/** Undefined if no input is to be changed; the name of a signal that came meanwhile. */
export async function editsOf(
  options: EditOptions,
  inputs: readonly TimedInput[],
  run: Run,
  host: Host,
): Promise<Edits | string | undefined> {
  const byNumber = new Map<number, InputEdit>();
  for (const text of options.changeInput) {
    const [n, value] = parted('--change-input', text, inputs);
    byNumber.set(n, { data: dataOf(value, inputs[n - 1]!) });
  }
  for (const text of options.moveInput) {
    const [n, value] = parted('--move-input', text, inputs);
    const clocks = await clocksOf({ until: goalOf(value) }, run, host);
    if (typeof clocks === 'string') return clocks;
    byNumber.set(n, { ...byNumber.get(n), clock: clocks.until! });
  }
  for (const text of options.dropInput) byNumber.set(numberOf('--drop-input', text, inputs), undefined);
  if (byNumber.size === 0) return undefined;
  const clocks = [...byNumber].map(([n, edit]) => {
    const { clock } = inputs[n - 1]!;
    return Math.min(clock, edit?.clock ?? clock);
  });
  return { byNumber, from: Math.min(...clocks) };
}

/** To where an input is moved. */
function goalOf(text: string): Place {
  try {
    return place(text);
  } catch (error) {
    throw usage(`--move-input: "${text}" is no position. ${(error as Error).message}`);
  }
}

/** What remains of the inputs behind the first `before`, with the changes made. */
export function inputsAfter(
  inputs: readonly TimedInput[],
  before: number,
  edits: Edits | undefined,
): readonly TimedInput[] {
  const past = new Set(inputs.slice(0, before));
  return edited(inputs, edits?.byNumber ?? new Map()).filter((input) => !past.has(input));
}

function parted(option: string, text: string, inputs: readonly TimedInput[]): [n: number, value: string] {
  const at = text.indexOf('=');
  if (at < 0) throw usage(`${option}: it is NUMBER=VALUE, not "${text}"`);
  return [numberOf(option, text.slice(0, at), inputs), text.slice(at + 1)];
}

function numberOf(option: string, text: string, inputs: readonly TimedInput[]): number {
  const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (n >= 1 && n <= inputs.length) return n;
  const has = inputs.length === 0 ? 'the trace has no inputs' : `inputs are numbered 1 to ${inputs.length}`;
  throw usage(`${option}: there is no input "${text}"; ${has}`);
}

/** `0x...` are bytes; else it is text, typed on the keyboard or sent on the serial line. */
function dataOf(value: string, { channel }: TimedInput): Uint8Array {
  if (/^0x([0-9a-f]{2})+$/i.test(value)) {
    return Uint8Array.from(value.slice(2).match(/../g)!, (byte) => Number.parseInt(byte, 16));
  }
  const text = value.replace(/\\(?:x([0-9a-f]{2})|([nrt\\]))/gi, (_, code: string, letter: string) => {
    return code ? String.fromCharCode(Number.parseInt(code, 16)) : ESCAPES[letter.toLowerCase()]!;
  });
  if (channel.startsWith('serial:')) return new TextEncoder().encode(text);
  if (channel !== 'keyboard')
    throw usage(`--change-input: an input of ${channel} is given as 0x and hex digits`);
  try {
    return textToKeys(text);
  } catch (error) {
    if (error instanceof RangeError) throw usage(`--change-input: ${error.message}`);
    throw error;
  }
}
