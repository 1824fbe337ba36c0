/** The list of what happened in a run, made by replaying it: notes of devices, and inputs. */
import type { Note, NoteKind } from '../core/device.js';
import { changeText } from './changes.js';
import { NETWORK } from './controls.js';
import { describeFrame } from './frames.js';
import { hexText } from './guest/numbers.js';
import { NOTE_KINDS } from './noteDigest.js';
import type { Session } from './session.js';

export type EventKind = NoteKind | 'input';

export const EVENT_KINDS: readonly EventKind[] = [...NOTE_KINDS, 'input'];

export interface RunEvent {
  readonly clock: number;
  readonly kind: EventKind;
  /** The device, or the channel of an input. */
  readonly device: string;
  readonly what: string;
  readonly a: number;
  readonly b: number;
  /** Of an input, and of a frame. */
  readonly data?: Uint8Array;
  /** Of an input, where it is known: which of the trace's it is, from 1 on. */
  readonly number?: number;
}

export interface EventFilter {
  /** Absent: all kinds. */
  readonly kinds?: ReadonlySet<EventKind>;
  readonly from?: number;
  readonly to?: number;
}

/** What hears of notes and inputs, as events that pass the filter. */
export function eventListener(filter: EventFilter, emit: (event: RunEvent) => void) {
  const { kinds, from = 0, to = Number.POSITIVE_INFINITY } = filter;
  const wanted = (kind: EventKind, clock: number) =>
    clock >= from && clock <= to && (!kinds || kinds.has(kind));
  return {
    note: (note: Note, clock: number): void => {
      if (wanted(note.kind, clock)) emit({ clock, ...note });
    },
    input: (channel: string, data: Uint8Array, clock: number): void => {
      if (!wanted('input', clock)) return;
      const what = {
        kind: 'input',
        device: channel,
        what: 'admit',
        a: data.length,
        b: data[0] ?? 0,
      } as const;
      emit({ clock, ...what, data });
    },
  };
}

/** Hands over every event that passes the filter, from now on, while the session runs. */
export function watchEvents(session: Session, filter: EventFilter, emit: (event: RunEvent) => void): void {
  const { note, input } = eventListener(filter, emit);
  session.onNote = note;
  session.onInput = input;
}

/** An event in a line, without its clock. */
export function describeEvent({ kind, device, what, a, b, data, number }: RunEvent): string {
  const isFrame = kind === 'net' || device === NETWORK;
  const bytes = data && (isFrame ? describeFrame(data) : (changeText(device, data) ?? hexOf(data)));
  const detail = bytes ?? numbers(kind, what, a, b);
  return `${kind.padEnd(6)} ${number === undefined ? '' : `${number} `}${device} ${what} ${detail}`;
}

/** Vectors and bytes that were sent are in hexadecimal, as all values are; a byte as a character, too. */
function numbers(kind: EventKind, what: string, a: number, b: number): string {
  if (kind === 'irq' && what === 'deliver') return `vector ${hexText(a)}`;
  const isByte = kind === 'debug' || (kind === 'serial' && what === 'tx');
  if (!isByte) return `${a} ${b}`;
  return a > 0x20 && a < 0x7f ? `${hexText(a)} ${String.fromCharCode(a)}` : hexText(a);
}

function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
