/**
 * The state of the machine as an editor's debug view shows it: scopes, and variables that are unfolded when somebody
 * looks. References to them are good until the machine moves. Devices show the fields of their state layouts.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Seg } from '../../core/cpu/ia32/state.js';
import type { Field, State } from '../../core/layout.js';
import type { Debugger } from '../debug/debugger.js';
import { FLAG_BITS, IA32_FLAG_BITS, SEGMENTS, WORDS } from '../guest/registers.js';
import { type Arguments, RequestError } from './arguments.js';
import { hex } from './references.js';

type Variable = DebugProtocol.Variable;
/** `count` of them from the `start`th on. */
type List = (start: number, count: number) => Variable[];

const CONTROL = ['cr0', 'cr2', 'cr3', 'cr4', 'cpl', 'iopl', 'gdtr', 'idtr'];
const DEBUG_REGISTERS = Array.from({ length: 8 }, (_, n) => `dr${n}`);
const POINTERS = ['eip', 'ip', 'eflags', 'flags'];
const DIGITS = { u8: 2, u16: 4, u32: 8, i32: 8, f64: 1, u64: 16 } as const;

export class Variables {
  readonly #debug: Debugger;
  readonly #lists: List[] = [];
  /** What has been shown in each list can be asked for by its name. */
  readonly #shown = new Map<number, Map<string, string>>();

  constructor(debug: Debugger) {
    this.#debug = debug;
  }

  get scopes(): DebugProtocol.Scope[] {
    const { all } = this.#debug.registers;
    const named = (names: readonly string[]) => this.#registers(names.filter((name) => all.has(name)));
    const general = WORDS.map((word) => (all.has(`e${word}`) ? `e${word}` : word));
    const flags = [...Object.keys(FLAG_BITS), ...Object.keys(IA32_FLAG_BITS)];
    const isIa32 = this.#debug.machine.cpu instanceof Ia32;
    return [
      { ...this.#scope('Registers', named([...general, ...pointers(all)])), presentationHint: 'registers' },
      this.#scope('Flags', named(flags)),
      this.#scope('Segments', isIa32 ? this.#segments() : named(SEGMENTS)),
      ...(isIa32 ? [this.#scope('Control', named([...CONTROL, ...DEBUG_REGISTERS]))] : []),
      this.#scope('Position', this.#position()),
      this.#scope('Devices', this.#devices()),
    ];
  }

  #scope(name: string, list: List): DebugProtocol.Scope {
    return { name, variablesReference: this.#add(list), expensive: name === 'Devices' };
  }

  #add(list: List): number {
    return this.#lists.push(list);
  }

  /** The request `variables`. */
  children(request: Arguments): Variable[] {
    const reference = request.whole('variablesReference');
    const list = this.#lists[reference - 1];
    if (!list) throw new RequestError('the machine has moved since');
    const start = Math.max(0, request.whole('start', 0));
    const variables = list(start, request.whole('count', 0) || Number.POSITIVE_INFINITY);
    const shown = this.#shown.get(reference) ?? new Map();
    this.#shown.set(reference, shown);
    for (const { name, evaluateName } of variables) shown.set(name, evaluateName ?? name);
    return variables;
  }

  /** The expression for a variable that was shown. */
  expressionOf(reference: number, name: string): string {
    return this.#shown.get(reference)?.get(name) ?? name;
  }

  // ---- the processor ----

  #registers(names: readonly string[]): List {
    const { all } = this.#debug.registers;
    return fixed(() => names.map((name) => registerVariable(name, all.get(name)!())));
  }

  /** A selector, and behind it the hidden part of the register. */
  #segments(): List {
    const { s } = this.#debug.machine.cpu as Ia32;
    const part = (name: string, value: number) => ({ name, value: hex(value), variablesReference: 0 });
    return fixed(() =>
      Object.entries(Seg).map(([name, n]) => {
        const [base, limit, access] = [s.base[n]!, s.limit[n]!, s.access[n]!];
        const hidden = () => [part('base', base), part('limit', limit), part('access', access)];
        return {
          name,
          value: `${hex(s.selector[n]!, 4)} base ${hex(base)} limit ${hex(limit)}`,
          evaluateName: name,
          variablesReference: this.#add(fixed(hidden)),
        };
      }),
    );
  }

  #position(): List {
    const { clock, retired, end, machine, marks } = this.#debug;
    const { num, den } = machine.frequency;
    const seconds = ((clock * den) / num).toFixed(6);
    const plain = (name: string, value: string) => ({ name, value, variablesReference: 0 });
    return fixed(() => [
      { ...plain('clock', String(clock)), evaluateName: 'clock' },
      { ...plain('retired', String(retired)), evaluateName: 'retired' },
      plain('seconds', seconds),
      plain('end', String(end)),
      ...[...marks].map(([name, at]) => plain(`mark ${name}`, String(at))),
    ]);
  }

  // ---- devices ----

  #devices(): List {
    const { cpu, devices } = this.#debug.machine;
    const parts = [['cpu', cpu.state] as const, ...devices.map((d) => [d.name, d.state] as const)];
    return fixed(() => {
      cpu.settle();
      return parts.map(([name, state]) => this.#part(name, state));
    });
  }

  #part(name: string, state: State): Variable {
    const { fields } = state.layout;
    const expression = name.replaceAll('-', '_');
    const reference = fields.length > 0 ? this.#add(this.#fields(state, expression)) : 0;
    return { name, value: `${fields.length} fields`, variablesReference: reference };
  }

  #fields(state: State, device: string): List {
    return fixed(() =>
      state.layout.fields.map((field) => {
        const values = elementsOf(state, field);
        const evaluateName = `${device}.${field.name}`;
        if (!field.array) return scalar(field.name, evaluateName, field, values[0]!);
        return {
          name: field.name,
          value: `${field.type}[${field.length}]`,
          indexedVariables: field.length,
          variablesReference: this.#add(elements(field, values, evaluateName)),
        };
      }),
    );
  }
}

function pointers(all: ReadonlyMap<string, unknown>): readonly string[] {
  return all.has('eip') ? POINTERS.filter((name) => name.startsWith('e')) : POINTERS.slice(1);
}

function registerVariable(name: string, value: number): Variable {
  const isBit = name in FLAG_BITS || name in IA32_FLAG_BITS || name === 'cpl' || name === 'iopl';
  const text = isBit ? String(value) : hex(value >>> 0, name.length === 2 || name === 'flags' ? 4 : 8);
  return {
    name,
    value: text,
    evaluateName: name,
    variablesReference: 0,
    ...(!isBit && { memoryReference: text }),
  };
}

function elements(field: Field, values: ArrayLike<number | bigint>, name: string): List {
  return (start, count) => {
    const end = Math.min(field.length, start + count);
    return Array.from({ length: Math.max(0, end - start) }, (_, i) => {
      const index = start + i;
      return scalar(`[${index}]`, `${name}[${index}]`, field, values[index]!);
    });
  };
}

function scalar(name: string, evaluateName: string, field: Field, value: number | bigint): Variable {
  return { name, evaluateName, value: textOf(field, value), variablesReference: 0 };
}

/** A timer's clock is a number of clocks, or none; all else are bits. */
function textOf({ type }: Field, value: number | bigint): string {
  if (type === 'f64') return Number.isFinite(Number(value)) ? String(value) : 'not set';
  if (type === 'i32' && value < 0) return String(value);
  return hex(value, DIGITS[type]);
}

function elementsOf(state: State, field: Field): ArrayLike<number | bigint> {
  const record = state as unknown as Readonly<Record<string, number | bigint | ArrayLike<number | bigint>>>;
  const value = record[field.name]!;
  return typeof value === 'object' ? value : [value];
}

/** A list of named variables, of which clients ask for all. */
function fixed(make: () => Variable[]): List {
  return (start, count) => make().slice(start, start + count);
}
