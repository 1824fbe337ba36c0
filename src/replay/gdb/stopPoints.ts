/**
 * The breakpoints and watchpoints that gdb has inserted: packets Z and z (GDB manual, appendix E.2). Software and
 * hardware breakpoints differ in nothing but in what gdb is told of them: no byte of the guest's memory is changed
 * for either. There is no limit to their number.
 */
import type { Access, Breakpoint, Target } from '../debug/breakpoints.js';
import { numbersOf } from './hex.js';

/** The protocol's numbers for the kinds, and how a stop reply names them. */
const KINDS = ['swbreak', 'hwbreak', 'watch', 'rwatch', 'awatch'] as const;
type Kind = (typeof KINDS)[number];

const ACCESS: Readonly<Partial<Record<Kind, Access>>> = { watch: 'write', rwatch: 'read', awatch: 'access' };

/** Longer ones are watched without a look at whether their values change. */
const MAX_COMPARED = 256;
const MAX_WATCHED = 1 << 20;

export interface StopPoint extends Breakpoint {
  readonly kind: Kind;
  /** As gdb gave it. */
  readonly address: number;
}

export class StopPoints {
  readonly #all = new Map<string, StopPoint>();

  get all(): readonly StopPoint[] {
    return [...this.#all.values()];
  }

  /** Those that a step must watch out for. */
  get watches(): readonly StopPoint[] {
    return this.all.filter(({ target }) => target.kind === 'watch');
  }

  /** Is there a breakpoint at a linear address? */
  at(address: number): StopPoint | undefined {
    return this.all.find(({ target }) => target.kind === 'execute' && target.address === address);
  }

  clear(): void {
    this.#all.clear();
  }

  /** `type,address,kind`, as behind Z; the answer. To insert one again changes nothing. */
  insert(text: string): string {
    const place = parse(text);
    if (!place) return '';
    const { kind, address, length } = place;
    if (length > MAX_WATCHED) return `E.${length} bytes are too many to watch`;
    const target = targetOf(kind, address, length);
    this.#all.set(key(place), { number: 0, text: '', enabled: true, kind, address, target });
    return 'OK';
  }

  /** As `insert`, behind z. To remove one that is not there changes nothing. */
  remove(text: string): string {
    const place = parse(text);
    if (!place) return '';
    this.#all.delete(key(place));
    return 'OK';
  }
}

interface Place {
  readonly kind: Kind;
  readonly address: number;
  /** Of a breakpoint: what the protocol calls its kind. */
  readonly length: number;
}

function parse(text: string): Place | undefined {
  const [type, address, length] = numbersOf(text, 3) ?? [];
  const kind = KINDS[type ?? KINDS.length];
  return kind && { kind, address: address! >>> 0, length: length! };
}

const key = ({ kind, address, length }: Place): string => `${kind} ${address} ${length}`;

/**
 * gdb stops at a `watch` only if the value has changed, and goes on without a word if not. To tell it only of
 * changes saves it the way.
 */
function targetOf(kind: Kind, address: number, length: number): Target {
  const access = ACCESS[kind];
  if (!access) return { kind: 'execute', address };
  const changes = access === 'write' && length <= MAX_COMPARED;
  return { kind: 'watch', access, address, length: Math.max(1, length), physical: false, changes };
}
