/**
 * A run as trace events for Perfetto: handlers of interrupts and who runs at which privilege level, what devices do,
 * what comes from the host, and how much is executed. All is learned from notes and from observers of the
 * processor while a session runs. Left out: who waits for what, and how long a disk takes (devices tell that a
 * request begins, not that it ends).
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0, Flag } from '../../core/cpu/ia32/state.js';
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import { keyOfUsage } from '../../devices/keys.js';
import { NETWORK } from '../controls.js';
import { describeFrame } from '../frames.js';
import type { Thread } from '../guest/interruption.js';
import type { Symbols } from '../guest/symbols.js';
import { signalOf } from '../signals.js';
import { type Burst, Bursts } from './bursts.js';
import { type HandlerEnd, HandlerWatch } from './handlers.js';
import { SerialText } from './serialText.js';
import type { Details, TraceEventWriter, Track } from './traceEvents.js';

/** Groups of tracks, in the order in which a viewer shows them. */
const PROCESSOR = 'processor';
const TASKS = 'who runs';
const DEVICES = 'devices';
const HOST = 'host';
/** Milliseconds over which interrupts are counted. */
const COUNTED_MS = 10;
/** Milliseconds without a byte that end a burst, and the most bytes of one. */
const PAUSE_MS = 2;
const LONGEST_BURST = 4096;
/** A name in a viewer is a line. */
const NAME_CHARACTERS = 40;

export class RunEvents {
  readonly #machine: Machine;
  readonly #ia32: Ia32 | undefined;
  readonly #writer: TraceEventWriter;
  readonly #symbols: Symbols;
  readonly #handlers: HandlerWatch;
  readonly #clocksPerMs: number;
  readonly #bursts = new Map<string, Bursts>();
  readonly #vectors = new Map<number, number>();
  #counted = { clock: 0, retired: 0, interruptsAt: 0 };
  /** The track of who runs now, and what it shows. */
  #runs: { readonly track: Track; readonly name: string } | undefined;

  /** From where the machine stands. */
  constructor(machine: Machine, writer: TraceEventWriter, symbols: Symbols) {
    this.#machine = machine;
    this.#ia32 = machine.cpu instanceof Ia32 ? machine.cpu : undefined;
    this.#writer = writer;
    this.#symbols = symbols;
    const { num, den } = machine.frequency;
    this.#clocksPerMs = num / den / 1000;
    const { clock, retired } = machine.cpu;
    this.#counted = { clock, retired, interruptsAt: clock };
    const interrupts = writer.track(PROCESSOR, 'interrupt handlers');
    this.#handlers = new HandlerWatch(machine, {
      began: (at, vector, thread) => {
        writer.begin(interrupts, at, vectorName(vector), this.#interrupted(thread));
        this.#control();
      },
      ended: (at, how) => writer.end(interrupts, at, endDetails(how)),
      control: () => this.#control(),
    });
    this.#control();
  }

  #interrupted(thread: Thread | undefined): Details {
    if (!thread) return {};
    const at = this.#symbols.show(thread.pc);
    return { interrupted: hex(thread.pc), ...(at !== undefined && { at }) };
  }

  // ---- who runs ----

  #control(): void {
    const { s } = this.#ia32 ?? {};
    if (!s) return;
    const paging = (s.cr0 & Cr0.PG) !== 0;
    const task = paging ? `CR3 ${hex(s.cr3)}` : 'without paging';
    const track = this.#writer.track(TASKS, task);
    const name = levelName(s.cr0, s.eflags, s.cpl);
    if (this.#runs?.track === track && this.#runs.name === name) return;
    const { clock } = this.#machine.cpu;
    if (this.#runs) this.#writer.end(this.#runs.track, clock);
    this.#writer.begin(track, clock, name);
    this.#runs = { track, name };
  }

  // ---- devices and the host ----

  /** Hears every note of the machine. */
  note(note: Note, clock: number): void {
    if (signalOf(note) !== undefined) this.#vectors.set(note.a, (this.#vectors.get(note.a) ?? 0) + 1);
    this.#handlers.note(note, clock);
    if (note.kind === 'irq') return;
    if (note.what === 'tx' && !note.data) return this.#burstsOf(note).byte(clock, note.a);
    const track = this.#writer.track(DEVICES, note.device);
    this.#writer.instant(track, clock, noteName(note), { a: note.a, b: note.b });
  }

  /** What is sent has a track of its own: a burst is only known when it is over. */
  #burstsOf(note: Note): Bursts {
    const { device } = note;
    const known = this.#bursts.get(device);
    if (known) return known;
    const track = this.#writer.track(DEVICES, note.kind === 'debug' ? `port ${device}h` : `${device} sends`);
    const emit = (burst: Burst) => this.#sent(track, burst);
    const bursts = new Bursts(PAUSE_MS * this.#clocksPerMs, LONGEST_BURST, emit);
    this.#bursts.set(device, bursts);
    return bursts;
  }

  #sent(track: Track, { from, to, bytes }: Burst): void {
    const decoder = new SerialText();
    const text = decoder.take(bytes) + decoder.end();
    this.#writer.slice(track, from, to, lineOf(text), { text, bytes: bytes.length });
  }

  /** Hears of every input. */
  input(channel: string, data: Uint8Array, clock: number): void {
    const bytes = Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const track = this.#writer.track(HOST, channel);
    this.#writer.instant(track, clock, inputName(channel, data), { bytes });
  }

  // ---- how much ----

  /** To be called about once a guest millisecond. */
  tick(): void {
    const { clock, retired } = this.#machine.cpu;
    const before = this.#counted;
    if (clock === before.clock) return;
    const perMs = ((retired - before.retired) * this.#clocksPerMs) / (clock - before.clock);
    this.#writer.counter(PROCESSOR, before.clock, 'instructions per ms', Math.round(perMs));
    const due = clock - before.interruptsAt >= COUNTED_MS * this.#clocksPerMs;
    if (due) this.#countInterrupts(before.interruptsAt, clock);
    this.#counted = { clock, retired, interruptsAt: due ? clock : before.interruptsAt };
  }

  #countInterrupts(from: number, to: number): void {
    const seconds = (to - from) / this.#clocksPerMs / 1000;
    for (const [vector, count] of this.#vectors) {
      this.#writer.counter(PROCESSOR, from, `${vectorName(vector)} per s`, Math.round(count / seconds));
      this.#vectors.set(vector, 0);
    }
  }

  end(): void {
    this.tick();
    for (const bursts of this.#bursts.values()) bursts.end();
    this.#handlers.end();
    this.#writer.close(this.#machine.cpu.clock);
  }
}

// ---- names ----

const hex = (value: number): string => value.toString(16).padStart(8, '0');

const vectorName = (vector: number): string => `interrupt ${vector.toString(16)}h`;

/** How a handler ended needs no word if it was as usual. */
const endDetails = (how: HandlerEnd): Details => (how === 'returned' ? {} : { end: how });

function levelName(cr0: number, eflags: number, cpl: number): string {
  if (!(cr0 & Cr0.PE)) return 'real mode';
  return eflags & Flag.VM ? 'virtual-8086 mode' : `ring ${cpl}`;
}

function noteName({ kind, what, a, b, data }: Note): string {
  if (data) return `${what} ${describeFrame(data)}`;
  if (kind === 'key' && (what === 'make' || what === 'break')) {
    return `${keyOfUsage(a)?.name ?? `key ${a}`} ${what === 'make' ? 'down' : 'up'}`;
  }
  return `${what} ${a} ${b}`;
}

function inputName(channel: string, data: Uint8Array): string {
  if (channel.startsWith('serial:')) return lineOf(new SerialText().take(Array.from(data)));
  if (channel === NETWORK) return describeFrame(data);
  if (channel !== 'keyboard') return channel;
  const pairs = Array.from({ length: data.length >>> 1 }, (_, i) => data.subarray(2 * i, 2 * i + 2));
  return pairs
    .map(([usage, down]) => `${keyOfUsage(usage!)?.name ?? usage} ${down ? 'down' : 'up'}`)
    .join(', ');
}

/** The beginning of a text, on one line. */
function lineOf(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ').trim();
  return line.length > NAME_CHARACTERS ? `${line.slice(0, NAME_CHARACTERS)}...` : line || '(no text)';
}
