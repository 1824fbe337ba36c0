/**
 * The breakpoints and watchpoints that gdb has inserted: packets Z and z (GDB manual, appendix E.2). Software and
 * hardware breakpoints differ in nothing but in what gdb is told of them: no byte of the guest's memory is changed
 * for either. There is no limit to their number. Conditions are evaluated here.
 *
 * Left out: commands that the target executes at a breakpoint.
 */
import type { Access, Breakpoint, Condition, Target } from '../debug/breakpoints.js';
import { type AgentContext, holds } from './agentExpression.js';
import { bytesOfHex, numbersOf } from './hex.js';

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
  readonly #context: AgentContext;

  constructor(context: AgentContext) {
    this.#context = context;
  }

  get all(): readonly StopPoint[] {
    return [...this.#all.values()];
  }

  /** Those that a step must watch out for. */
  get watches(): readonly StopPoint[] {
    return this.all.filter(({ target }) => target.kind === 'watch');
  }

  clear(): void {
    this.#all.clear();
  }

  /** `type,address,kind;conditions`, as behind Z; the answer. To insert one again replaces its conditions. */
  insert(text: string): string {
    const [where = '', conditions = ''] = text.split(';');
    const place = parse(where);
    if (!place) return '';
    const { kind, address, length } = place;
    if (length > MAX_WATCHED) return `E.${length} bytes are too many to watch`;
    const codes = codesOf(conditions);
    if (!codes) return 'E.a condition of a breakpoint is cut off';
    const target = targetOf(kind, address, length);
    const condition = conditionOf(codes, this.#context);
    this.#all.set(key(place), { number: 0, text: '', enabled: true, kind, address, target, ...condition });
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

/** Of `Xlength,bytes`, one behind the other. */
function codesOf(text: string): Uint8Array[] | undefined {
  const codes: Uint8Array[] = [];
  for (let rest = text; rest !== ''; ) {
    const [head, length] = /^X([0-9a-f]+),/i.exec(rest) ?? [];
    const digits = 2 * Number.parseInt(length ?? '0', 16);
    const bytes = head && bytesOfHex(rest.slice(head.length, head.length + digits));
    if (!bytes || 2 * bytes.length !== digits) return undefined;
    codes.push(bytes);
    rest = rest.slice(head.length + digits);
  }
  return codes;
}

/** One that holds is enough: each is of another breakpoint of gdb's at the same place. */
function conditionOf(codes: readonly Uint8Array[], context: AgentContext): { condition?: Condition } {
  if (codes.length === 0) return {};
  return { condition: { source: '', holds: () => codes.some((code) => holds(code, context)) } };
}
