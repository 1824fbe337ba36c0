/**
 * Scripts that drive a guest, as YAML: a list of steps, each done before the next begins.
 *
 *     - wait: "login: "          # until this appears; /.../ is a regular expression
 *       timeout: 30000           # guest milliseconds; 60000 unless given
 *     - type: "root\n"           # on the serial line, or with `on: screen` on the keyboard
 *     - on: screen               # alone: from here on, waits look at the screen and typing is by keyboard
 *     - quiet: 500               # until nothing new has appeared for so long
 *     - delay: 500               # let guest milliseconds pass
 *     - key: ctrl-alt-delete     # press and release
 *     - hold: shift              # press only; `release: shift` lets go
 *     - expect-not: "panic"      # from here on, the script fails if this appears
 *     - power: off               # press the power button; `reset`: the reset button
 *     - finish: 20000            # until the guest itself ends the run
 */
import { parseDocument } from 'yaml';
import { keyNamed } from '../../devices/keys.js';
import { type Action as GuestAction, inputOf, QUEUE_BYTES } from '../controls.js';
import { guess } from '../expression/guess.js';
import { noSuchKey } from './names.js';

export type Place = 'serial' | 'screen';

export type Step =
  | { readonly do: 'wait'; readonly pattern: Pattern; readonly on: Place; readonly timeout: number }
  | { readonly do: 'expect-not'; readonly pattern: Pattern; readonly on: Place }
  | { readonly do: 'quiet'; readonly ms: number; readonly on: Place; readonly timeout: number }
  | { readonly do: 'type'; readonly text: string; readonly on: Place }
  | { readonly do: 'key' | 'hold' | 'release'; readonly key: string }
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'power'; readonly button: 'off' | 'reset' }
  | { readonly do: 'finish'; readonly timeout: number };

/** A text to look for, and how it was written. */
export interface Pattern {
  readonly source: string;
  /** Position after the first match at or after `from`, or -1. */
  find(text: string, from: number): number;
}

/** Steps with their numbers in the file's list. */
export type Script = readonly (Step & { readonly number: number })[];

/** A script that cannot be followed; `message` is one line. */
export class ScriptError extends Error {
  override name = 'ScriptError';
}

const DEFAULT_TIMEOUT = 60_000;
const ACTIONS = [
  'wait',
  'expect-not',
  'quiet',
  'type',
  'key',
  'hold',
  'release',
  'delay',
  'power',
  'finish',
] as const;
type Action = (typeof ACTIONS)[number];
const OPTIONS = ['on', 'timeout'];
const FIELDS: readonly string[] = [...ACTIONS, ...OPTIONS];

/** Aliases are resolved only here; one that is unresolved, or multiplies without end, is the writer's mistake. */
function plainValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ScriptError((error as Error).message.split('\n')[0]!);
  }
}

export function parseScript(text: string): Script {
  const document = parseDocument(text);
  const error = document.errors[0];
  if (error) throw new ScriptError(error.message.split('\n')[0]!.replace(/:$/, ''));
  const list = plainValue(document);
  if (!Array.isArray(list)) throw new ScriptError('a script is a list of steps, each beginning with "- "');
  let on: Place = 'serial';
  const steps: (Step & { number: number })[] = [];
  const held = new Set<string>();
  for (const [i, item] of list.entries()) {
    const fields = new Fields(item, i + 1);
    const place: Place = fields.place() ?? on;
    if (fields.alone('on')) on = place;
    else {
      const step = stepFrom(fields, place);
      follow(step, held, fields);
      steps.push({ ...step, number: i + 1 });
    }
  }
  return steps;
}

/** Keeps account of the keys that are held: no keyboard presses one twice, or releases one that is up. */
function follow(step: Step, held: Set<string>, fields: Fields): void {
  if (step.do !== 'hold' && step.do !== 'release') return;
  for (const name of keysOf(step.key)) {
    if (held.has(name) === (step.do === 'hold')) {
      throw fields.error(`"${name}" is ${step.do === 'hold' ? 'held already' : 'not held'}`);
    }
    if (step.do === 'hold') held.add(name);
    else held.delete(name);
  }
}

/** The keys of a chord such as `ctrl-alt-delete`. */
function keysOf(chord: string): string[] {
  return chord.toLowerCase().split('-');
}

/** One item of the list. */
class Fields {
  readonly #fields: Record<string, unknown>;
  readonly #number: number;

  constructor(item: unknown, number: number) {
    this.#number = number;
    if (typeof item === 'string') this.#fields = { [item]: null };
    else if (typeof item === 'object' && item !== null && !Array.isArray(item)) this.#fields = { ...item };
    else throw this.error('not a step');
    for (const name of Object.keys(this.#fields)) {
      if (!FIELDS.includes(name)) {
        const meant = guess(name, FIELDS) || `; there are ${ACTIONS.join(', ')}`;
        throw this.error(`no step is called "${name}"${meant}`);
      }
    }
  }

  error(message: string): ScriptError {
    return new ScriptError(`step ${this.#number}: ${message}`);
  }

  alone(name: string): boolean {
    return Object.keys(this.#fields).join() === name;
  }

  action(): Action {
    const found = ACTIONS.filter((a) => Object.hasOwn(this.#fields, a));
    if (found.length !== 1) throw this.error(`one of ${ACTIONS.join(', ')} is wanted`);
    return found[0]!;
  }

  place(): Place | undefined {
    const on = this.#fields['on'];
    if (on === undefined || on === 'serial' || on === 'screen') return on;
    throw this.error('"on" is serial or screen');
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value === '') throw this.error(`"${name}" wants a text`);
    return value;
  }

  chord(name: string): string {
    const chord = this.text(name);
    const wrong = keysOf(chord).find((key) => !keyNamed(key));
    if (wrong !== undefined) throw this.error(noSuchKey(wrong));
    return chord;
  }

  milliseconds(name: string, otherwise?: number): number {
    const value = this.#fields[name] ?? otherwise;
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
    throw this.error(`"${name}" wants guest milliseconds`);
  }

  pattern(name: string): Pattern {
    const source = this.text(name);
    const regular = /^\/(.+)\/$/s.exec(source);
    if (!regular) return plainPattern(source);
    try {
      return regularPattern(source, new RegExp(regular[1]!, 'gm'));
    } catch {
      throw this.error(`${source} is not a regular expression`);
    }
  }

  /** Makes sure that the action can be done, and at once. */
  doable<A extends GuestAction>(action: A): A {
    let size: number;
    try {
      size = inputOf(action).data.length;
    } catch (error) {
      throw this.error((error as Error).message);
    }
    if (size > QUEUE_BYTES) throw this.error('too much to type at once; wait for something in between');
    return action;
  }

  button(): 'off' | 'reset' {
    const value = this.#fields['power'];
    // YAML 1.1 readers, and people, take a bare `off` for false.
    if (value === 'off' || value === false) return 'off';
    if (value === 'reset') return 'reset';
    throw this.error('"power" is off or reset');
  }
}

function stepFrom(step: Fields, on: Place): Step {
  const action = step.action();
  const timeout = step.milliseconds('timeout', DEFAULT_TIMEOUT);
  switch (action) {
    case 'wait':
      return { do: action, pattern: step.pattern(action), on, timeout };
    case 'expect-not':
      return { do: action, pattern: step.pattern(action), on };
    case 'quiet':
      return { do: action, ms: step.milliseconds(action), on, timeout };
    case 'type':
      return step.doable({ do: action, text: step.text(action), on });
    case 'key':
    case 'hold':
    case 'release':
      return step.doable({ do: action, key: step.chord(action) });
    case 'delay':
      return { do: action, ms: step.milliseconds(action) };
    case 'power':
      return { do: action, button: step.button() };
    case 'finish':
      return { do: action, timeout: step.milliseconds(action, timeout) };
  }
}

function plainPattern(source: string): Pattern {
  const wanted = asBytes(source);
  return {
    source: JSON.stringify(source),
    find: (text, from) => {
      const at = text.indexOf(wanted, from);
      return at < 0 ? -1 : at + wanted.length;
    },
  };
}

function regularPattern(source: string, expression: RegExp): Pattern {
  return {
    source,
    find: (text, from) => {
      expression.lastIndex = from;
      const match = expression.exec(text);
      return match ? match.index + match[0].length : -1;
    },
  };
}

/** UTF-8 as one character a byte, which is how a serial line's output is held. */
function asBytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
