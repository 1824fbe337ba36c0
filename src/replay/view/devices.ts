/** Devices as the fields of their state's layouts, which is all that they are made of but disk contents. */
import type { Field, State } from '../../core/layout.js';
import type { Debugger } from '../debug/debugger.js';
import { type Past, pastOf } from './past.js';
import type { DevicesView } from './view.js';

type FieldView = DevicesView['fields'][number];
type Values = ArrayLike<number | bigint>;

/** Elements of an array that are shown. */
const SHOWN = 16;
const DIGITS = { u8: 2, u16: 4, u32: 8, i32: 8, f64: 1, u64: 16 } as const;
/** Besides the devices: the processor, and what is going to happen. */
const CPU = 'cpu';
const SCHEDULE = 'schedule';

export function devicesOf(debug: Debugger, name: string | undefined): DevicesView {
  const { devices } = debug.machine;
  const names = [CPU, SCHEDULE, ...devices.map((device) => device.name)];
  if (name === undefined || !names.includes(name)) return { names, fields: [] };
  return { names, name, fields: fieldsOf(debug, name) };
}

function fieldsOf(debug: Debugger, name: string): FieldView[] {
  const { cpu, devices } = debug.machine;
  const past = pastOf(debug);
  if (name === SCHEDULE) return scheduled(debug, past);
  cpu.settle();
  if (name === CPU) return stateFields(cpu.state, past?.machine.cpu);
  const { state } = devices.find((device) => device.name === name)!;
  return stateFields(state, past?.machine.devices.get(name));
}

function stateFields(state: State, saved: Uint8Array | undefined): FieldView[] {
  const { layout } = state;
  const before = saved && layout.create();
  before?.bytes.set(saved!);
  return layout.fields.map((field) => {
    const values = valuesOf(state, field);
    const old = before && valuesOf(before, field);
    const changed = old !== undefined && !areEqual(values, old);
    return { name: field.name, value: fieldText(field, values), changed };
  });
}

function valuesOf(state: State, { name, array }: Field): Values {
  const record = state as unknown as Readonly<Record<string, number | bigint | Values>>;
  return array ? (record[name] as Values) : [record[name] as number | bigint];
}

function areEqual(a: Values, b: Values): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function fieldText(field: Field, values: Values): string {
  if (!field.array) return scalarText(field, values[0]!);
  const shown = Array.from({ length: Math.min(values.length, SHOWN) }, (_, i) =>
    scalarText(field, values[i]!),
  );
  const rest = values.length - shown.length;
  return `[${shown.join(' ')}${rest > 0 ? ` and ${rest} more` : ''}]`;
}

/** Clocks and counts in decimal, all else in hexadecimal. */
function scalarText({ type }: Field, value: number | bigint): string {
  if (type === 'f64') return Number.isFinite(value) ? String(value) : 'not set';
  if (type === 'i32' && value < 0) return String(value);
  return value.toString(16).padStart(DIGITS[type], '0');
}

/** What is due, the next first. */
function scheduled({ machine, clock }: Debugger, past: Past | undefined): FieldView[] {
  const before = new Map(past?.scheduled.map(({ name, at }) => [name, at]));
  return machine.schedule.pending().map(({ name, at }) => {
    const changed = past !== undefined && before.get(name) !== at;
    return { name, value: `${at}, in ${at - clock}`, changed };
  });
}
