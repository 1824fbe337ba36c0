/**
 * What each question listens to while a stretch of the run is passed, and what it makes of what it hears. What
 * happens within an instruction is looked at when it happens: the instruction and its registers are still there.
 */
import type { VectorSource } from '../../../core/cpu.js';
import type { Machine } from '../../../core/machine.js';
import { type Code, codeAt } from '../../guest/code.js';
import { interrupted } from '../../guest/interruption.js';
import type { Hit, Stops } from '../../timeline/stops.js';
import { entryAt } from './callEntry.js';
import { LatencyListener } from './latency.js';
import type { Finding, MemoryAccess, Question } from './question.js';
import { Witness } from './witness.js';

/** Something found, until it is known which instruction did it. */
export interface Draft {
  readonly finding: Finding;
  /** The instruction behind the boundary that comes next did it. */
  readonly instructionWanted: boolean;
}

export interface Listener {
  readonly stops: Stops;
  /** Since it was last taken. */
  take(): Draft[];
  /** Of one whose findings take a while: how many have ended. It is taken from when all that has begun has ended. */
  readonly ended?: number;
  /** What it has heard that began in this stretch and has not ended: it would go on listening. */
  readonly unfinished?: boolean;
  /** The stretch is over: nothing new counts. */
  close?(): void;
  /** Hears what was met, at the boundary behind it. */
  boundary?(hits: readonly Hit[]): void;
  /** Where one stands, what comes next was counted before. */
  passBy?(): void;
  /** Where one stands, what counts depends on the instruction before. */
  readonly looksBack?: boolean;
}

export function listenerFor(question: Question, machine: Machine): Listener {
  const witness = new Witness(machine);
  switch (question.kind) {
    case 'executions':
    case 'calls':
      return new ExecutionListener(question, witness);
    case 'writes':
    case 'reads':
      return new AccessListener(question, witness);
    case 'ports':
      return new PortListener(question, witness);
    case 'vectors':
      return new VectorListener(question.vector, witness);
    case 'sector':
      return new SectorListener(question, witness);
    case 'latency':
      return new LatencyListener(witness);
  }
}

class Drafts {
  #drafts: Draft[] = [];

  /** `instruction`: one did it, even if the core cannot say which. */
  add(finding: Finding, instruction = false): void {
    this.#drafts.push({ finding, instructionWanted: instruction && finding.code === undefined });
  }

  /** Changes those of the last instruction. */
  amend(clock: number, change: (finding: Finding) => Finding): void {
    this.#drafts = this.#drafts.map((draft) => {
      return draft.finding.clock === clock ? { ...draft, finding: change(draft.finding) } : draft;
    });
  }

  amendLast(change: (finding: Finding) => Finding): void {
    const last = this.#drafts.pop();
    if (last) this.#drafts.push({ ...last, finding: change(last.finding) });
  }

  take(): Draft[] {
    const taken = this.#drafts;
    this.#drafts = [];
    return taken;
  }
}

const withCode = (code: Code | undefined): { readonly code?: Code } => (code ? { code } : {});

/** Words of the stack that a call shows: the return address, and arguments. */
const STACK_WORDS = 7;

class ExecutionListener implements Listener {
  readonly stops: Stops;
  readonly #witness: Witness;
  readonly #isCall: boolean;
  readonly #drafts = new Drafts();
  /** Instructions retired when it was there last: an instruction that repeats itself is one. */
  #retired = -1;
  /** Instructions retired when a handler was entered last. */
  #entered = -1;

  constructor(question: Question & { kind: 'executions' | 'calls' }, witness: Witness) {
    this.#isCall = question.kind === 'calls';
    this.stops = {
      addresses: new Set(question.kind === 'calls' ? [question.address] : question.addresses),
      ...(this.#isCall && { vectors: () => this.#enter() }),
    };
    this.#witness = witness;
  }

  /** The instruction here may be in the midst of repeating itself, or the first of a handler. */
  get looksBack(): boolean {
    return this.stops.addresses!.has(this.#witness.registers.pc());
  }

  passBy(): void {
    this.#retired = this.#witness.machine.cpu.retired;
  }

  /** Nothing to stop at. */
  #enter(): false {
    this.#entered = this.#witness.machine.cpu.retired;
    return false;
  }

  boundary(): void {
    const witness = this.#witness;
    const { retired } = witness.machine.cpu;
    if (retired === this.#retired) return;
    this.#retired = retired;
    const { clock } = witness;
    const [code, registers] = [witness.here(), witness.mainRegisters()];
    if (!this.#isCall) return this.#drafts.add({ kind: 'execution', clock, code, registers });
    // The handler of an interrupt that came behind a call.
    if (retired === this.#entered) return;
    const entry = entryAt(witness, code);
    if (entry) this.#drafts.add({ kind: 'call', clock, code, registers, ...entry, stack: this.#stack(code) });
  }

  #stack({ bitness }: Code): (number | undefined)[] {
    const { memory, registers } = this.#witness;
    const [top, size] = [registers.stack(), bitness / 8];
    return Array.from({ length: STACK_WORDS }, (_, i) => {
      const word = memory.read((top + i * size) >>> 0, size);
      return word === undefined ? undefined : Number(word);
    });
  }

  take(): Draft[] {
    return this.#drafts.take();
  }
}

class AccessListener implements Listener {
  readonly stops: Stops;
  readonly #witness: Witness;
  readonly #drafts = new Drafts();

  constructor({ kind, memory }: Question & { kind: 'writes' | 'reads' }, witness: Witness) {
    this.#witness = witness;
    this.stops = {
      ...(kind === 'writes' ? { writes: memory } : { reads: memory }),
      // Entering a handler is nothing to stop at, but tells who wrote to the stack.
      vectors: () => {
        this.#entered();
        return false;
      },
      met: (hit) => this.#met(hit),
    };
  }

  #met(hit: Hit): void {
    if (hit.kind !== 'write' && hit.kind !== 'read') return;
    const { kind, address, length, master, value } = hit;
    const witness = this.#witness;
    const before = witness.contents(address, length);
    const access = { kind, clock: witness.clock, address, length, before };
    if (master) this.#drafts.add({ ...access, by: 'bus master', value: undefined });
    else {
      const code = withCode(witness.executing());
      const now = kind === 'read' ? before : value && value >>> 0;
      this.#drafts.add({ ...access, by: 'instruction', value: now, ...code }, true);
    }
  }

  #entered(): void {
    this.#drafts.amend(this.#witness.clock, (finding) => {
      const { by } = finding as MemoryAccess;
      return by === 'instruction' ? { ...(finding as MemoryAccess), by: 'interrupt' } : finding;
    });
  }

  take(): Draft[] {
    return this.#drafts.take();
  }
}

class PortListener implements Listener {
  readonly stops: Stops;
  readonly #drafts = new Drafts();

  constructor({ first, last }: Question & { kind: 'ports' }, witness: Witness) {
    this.stops = {
      ports: [{ first, last }],
      met: (hit) => {
        if (hit.kind !== 'port') return;
        const { port, size, value } = hit;
        const code = withCode(witness.executing());
        const kind = hit.write ? 'out' : 'in';
        this.#drafts.add({ kind, clock: witness.clock, port, size, value: value >>> 0, ...code }, true);
      },
    };
  }

  take(): Draft[] {
    return this.#drafts.take();
  }
}

class VectorListener implements Listener {
  readonly stops: Stops;
  readonly #witness: Witness;
  readonly #drafts = new Drafts();

  constructor(wanted: number | undefined, witness: Witness) {
    this.#witness = witness;
    this.stops = {
      vectors: (vector) => wanted === undefined || vector === wanted,
      met: (hit) => {
        if (hit.kind !== 'vector') return;
        const { vector, source } = hit;
        // An 8086 tells it before it has pushed the frame.
        const code = witness.knowsInstruction ? this.#left(vector, source) : {};
        this.#drafts.add({ kind: 'vector', clock: witness.clock, vector, source, ...code });
      },
    };
  }

  /** The code that was left, by the frame on the stack. */
  #left(vector: number, source: VectorSource): { readonly code?: Code } {
    const { machine } = this.#witness;
    const frame = interrupted(machine, vector, source);
    return withCode(frame && codeAt(machine, frame.pc, frame.code));
  }

  /** At the first instruction of the handler. */
  boundary(hits: readonly Hit[]): void {
    const last = hits.findLast((hit) => hit.kind === 'vector');
    if (this.#witness.knowsInstruction || !last) return;
    this.#drafts.amendLast((finding) => ({ ...finding, ...this.#left(last.vector, last.source) }));
  }

  take(): Draft[] {
    return this.#drafts.take();
  }
}

class SectorListener implements Listener {
  readonly stops: Stops;
  readonly #drafts = new Drafts();

  constructor({ disk, lba }: Question & { kind: 'sector' }, witness: Witness) {
    this.stops = {
      notes: ({ kind, device, what, a, b }) =>
        kind === 'disk' && device === disk && what === 'write' && lba >= a && lba < a + b,
      met: (hit) => {
        if (hit.kind !== 'note') return;
        const code = withCode(witness.executing());
        const { a: first, b: count } = hit.note;
        this.#drafts.add({ kind: 'sector', clock: witness.clock, disk, first, count, ...code }, true);
      },
    };
  }

  take(): Draft[] {
    return this.#drafts.take();
  }
}
