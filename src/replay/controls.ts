/** What a person can do to a PC, as inputs of its channels, and what a PC says, as notes. */
import type { Note } from '../core/device.js';
import { chordToKeys, textToKeys } from '../devices/keys.js';
import { MAX_INPUT } from './runner.js';

export interface ChannelInput {
  readonly channel: string;
  readonly data: Uint8Array;
}

/** What a person, or a script, does to the guest at a boundary. */
export type Action =
  | { readonly do: 'type'; readonly text: string; readonly on: 'serial' | 'screen' }
  | { readonly do: 'key' | 'hold' | 'release'; readonly key: string }
  | { readonly do: 'power'; readonly button: 'off' | 'reset' };

/** What the queue at the other end of a UART, and that of a keyboard, take at once. */
export const QUEUE_BYTES = 4096;

const CONSOLE = 'com1';
const SERIAL: string = `serial:${CONSOLE}`;
const KEYBOARD = 'keyboard';
const POWER = 'power';
/** Channel of the frames that arrive at the network adapter. */
export const NETWORK = 'net:0';
const BUTTON = { off: 1, reset: 2 } as const;

export function serialInput(bytes: Uint8Array): ChannelInput {
  return { channel: SERIAL, data: bytes };
}

/** Pairs of key and direction, as keys.ts makes them. */
export function keyInput(keys: Uint8Array): ChannelInput {
  return { channel: KEYBOARD, data: keys };
}

/** What was typed or pasted at once, as inputs: none if it was nothing, several if it was much. */
export function* pieces({ channel, data }: ChannelInput): Iterable<ChannelInput> {
  for (let at = 0; at < data.length; at += MAX_INPUT) {
    yield { channel, data: data.subarray(at, at + MAX_INPUT) };
  }
}

export function buttonInput(button: 'off' | 'reset'): ChannelInput {
  return { channel: POWER, data: Uint8Array.of(BUTTON[button]) };
}

/** A frame that arrives at the network adapter. */
export function frameInput(frame: Uint8Array): ChannelInput {
  return { channel: NETWORK, data: frame };
}

/** Throws a RangeError on a key or character that a US keyboard has not. */
export function inputOf(action: Action): ChannelInput {
  switch (action.do) {
    case 'key':
      return keyInput(chordToKeys(action.key));
    case 'hold':
      return keyInput(halfOf(action.key, 0));
    case 'release':
      return keyInput(halfOf(action.key, 1));
    case 'power':
      return buttonInput(action.button);
    case 'type':
      if (action.on === 'screen') return keyInput(textToKeys(action.text));
      return serialInput(new TextEncoder().encode(action.text));
  }
}

/** Only the presses of a chord (half 0), or only its releases (half 1). */
function halfOf(chord: string, half: 0 | 1): Uint8Array {
  const keys = chordToKeys(chord);
  const middle = keys.length / 2;
  return half === 0 ? keys.subarray(0, middle) : keys.subarray(middle);
}

/** True if `note.a` is a byte that the guest sent on the serial console. */
export function isConsoleByte(note: Note): boolean {
  return note.kind === 'serial' && note.device === CONSOLE && note.what === 'tx';
}

/** True if `note.a` is a byte for people to read: from the serial console or the debug port. */
export function isOutput(note: Note): boolean {
  return note.kind === 'debug' || isConsoleByte(note);
}

/** True of a frame that the network adapter has sent. */
export function isFrameSent(note: Note): note is Note & { readonly data: Uint8Array } {
  return note.kind === 'net' && note.what === 'tx' && note.data !== undefined;
}
