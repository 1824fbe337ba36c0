/** What a command of the debugger is: a line of text in, lines of text out. */
import type { Disassembled } from '../../guest/disassemble.js';
import { addressText, hexText, wholeFrom } from '../../guest/numbers.js';
import type { Arrival, Debugger, Move } from '../debugger.js';

/** Gives clocks while it searches, and at its end the lines to show. */
export type Run = Generator<number, readonly string[], void>;

export interface Command {
  /** The first is its name, others are short for it. */
  readonly names: readonly [string, ...string[]];
  /** What goes behind it, for help. */
  readonly args: string;
  /** In a line. */
  readonly help: string;
  run(debug: Debugger, args: string): Run;
}

/** What cannot be done, in a line. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/** A command that only looks. */
export function look(
  names: Command['names'],
  args: string,
  help: string,
  lines: (debug: Debugger, args: string) => readonly string[],
): Command {
  return {
    names,
    args,
    help,
    // biome-ignore lint/correctness/useYield: it is done at once.
    *run(debug, text) {
      return lines(debug, text);
    },
  };
}

/** A command that moves, and tells where it has arrived. */
export function move(
  names: Command['names'],
  args: string,
  help: string,
  go: (debug: Debugger, args: string) => Move,
): Command {
  return {
    names,
    args,
    help,
    *run(debug, text) {
      return arrivalLines(debug, yield* go(debug, text));
    },
  };
}

// biome-ignore lint/correctness/useYield: a move that is made at once.
export function* immediate(arrival: Arrival): Move {
  return arrival;
}

/** A whole number, or an error that says what it is for. */
export function count(text: string, what: string, otherwise: number): number {
  if (text === '') return otherwise;
  const number = wholeFrom(text);
  if (number === undefined) throw new CommandError(`"${text}" is no ${what}`);
  return number;
}

/** An address: an expression's value. */
export function addressOf(debug: Debugger, text: string): number {
  if (text === '') return debug.pc;
  const symbol = debug.symbols.address(text);
  const value = symbol ?? debug.expression(text).value();
  if (value === undefined) throw new CommandError(`"${text}" has no value here`);
  return Number(BigInt.asUintN(32, BigInt(value)));
}

const REASONS: Readonly<Partial<Record<Arrival['reason'], string>>> = {
  beginning: 'the beginning of the run',
  end: 'the end of the recording',
};

export function arrivalLines(debug: Debugger, { reason, met, hits }: Arrival): string[] {
  const { divergence } = debug.timeline;
  if (reason === 'diverged' && divergence) {
    return [`the replay differs from the recording at clock ${divergence.clock}: ${divergence.where}`];
  }
  const why = REASONS[reason];
  return [
    ...(why ? [why] : []),
    ...met.map(({ number, text }) => `${number}: ${text}`),
    ...hits.flatMap((hit) => (hit.kind === 'address' ? [] : [hitText(hit)])),
    hereText(debug),
  ];
}

type AnyHit = Arrival['hits'][number];

export function hitText(hit: AnyHit): string {
  switch (hit.kind) {
    case 'address':
      return `at ${hex(hit.address)}`;
    case 'write':
    case 'read':
      return `${hit.kind} of ${hit.length} bytes at physical ${hex(hit.address)}`;
    case 'port':
      return `port ${hexText(hit.port)} ${hit.write ? 'written' : 'read'}, ${hit.size} bytes`;
    case 'vector':
      return `vector ${hexText(hit.vector)} (${hit.source})`;
    case 'control':
      return `${hit.control} ${hex(hit.before)} -> ${hex(hit.after)}`;
    case 'note':
      return `${hit.note.kind} ${hit.note.device} ${hit.note.what} ${hit.note.a} ${hit.note.b}`;
    case 'input':
      return `input on ${hit.channel}`;
  }
}

/** The position and its instruction, in a line. */
export function hereText(debug: Debugger): string {
  const instruction = debug.instruction();
  const what = instruction ? instructionText(instruction) : `${hex(debug.pc)}  unreadable`;
  return `clock ${debug.clock}  instruction ${debug.retired}  ${what}`;
}

export function instructionText({ address, text, at, about }: Disassembled): string {
  const names = [at, about && `about ${about}`].filter(Boolean).join(', ');
  return `${hex(address)}  ${text.padEnd(names ? 32 : 0)}${names}`;
}

export const hex = addressText;
