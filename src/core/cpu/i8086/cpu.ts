/**
 * The cycle-exact 8086 and 8088 as the machine sees them. Follows Intel's iAPX 86/88 User's Manual; what the parts
 * of the chip do is told in biu.ts, chip.ts, sequencer.ts and routines/. Positions are instruction boundaries and
 * the ends of iterations of repeated string instructions; a prefix is an instruction of its own here, so that no
 * row of prefixes can keep the machine from being paused. Events are served at their exact clock.
 *
 * Not modelled: the minimum mode's pins, the 80C86's static clock, NEC's V20 and V30, an 8087 (ESC does its bus
 * cycle), how many clocks RESET must last.
 */
import { asks, type Cpu, type CpuObserver, type CpuPins, type Stop } from '../../cpu.js';
import type { PhysicalMemory } from '../../memory.js';
import { type BusObserver, I8086_MODEL, I8088_MODEL } from './biu.js';
import { Chip, NO_OVERRIDE } from './chip.js';
import { step } from './sequencer.js';
import { loadState, storeState } from './snapshot.js';
import { BusStatus, I8086, type I8086State, instructionPointer, Phase, Seg } from './state.js';

export type I8086Name = 'i8086' | 'i8088';

/** What is not zero after RESET. */
const RESET_CS = 0xffff;
const RESET = {
  prefetching: 1,
  ready: 1,
  override: NO_OVERRIDE,
  ioType: BusStatus.passive,
  cycleType: BusStatus.passive,
} as const;

/** How far one call of the inner loop goes at most: the tick counter stays small. */
const MAX_SLICE = 2 ** 28;

export class I8086Cpu implements Cpu {
  readonly name: string;
  readonly state: I8086State;
  observer: CpuObserver | undefined;
  readonly #chip: Chip;
  readonly #pins: CpuPins;

  constructor(model: I8086Name, memory: PhysicalMemory, pins: CpuPins) {
    this.name = model;
    this.state = I8086.create();
    this.#pins = pins;
    const told: CpuPins = { ...pins, delivered: (vector, external) => this.#delivered(vector, external) };
    this.#chip = new Chip(model === 'i8086' ? I8086_MODEL : I8088_MODEL, this.state, memory, told);
    this.reset();
  }

  /** The chip's own interrupts (divide error, single step) are not told from INT. */
  #delivered(vector: number, external: boolean): void {
    this.observer?.vector?.(vector, external ? 'external' : 'software');
    this.#pins.delivered(vector, external);
  }

  /** Sees every clock from now on. Costs nothing while undefined, and never changes the chip. */
  set busObserver(observer: BusObserver | undefined) {
    this.#chip.onClock = observer;
  }

  get clock(): number {
    return this.#chip.now;
  }

  set clock(clock: number) {
    this.#chip.setClock(clock);
  }

  get retired(): number {
    return this.#chip.retired;
  }

  get dead(): boolean {
    const { phase, canWake } = this.#chip;
    return phase === Phase.halted && !canWake;
  }

  /** CS:IP of the instruction at the boundary (`instructionPointer`). */
  get programCounter(): { readonly cs: number; readonly ip: number } {
    return { cs: this.#chip.sreg[Seg.cs]!, ip: instructionPointer(this.#chip) };
  }

  /** RESET: FFFF:0000, no flags, an empty queue; fetching begins at once. Time goes on. */
  reset(): void {
    this.settle();
    const { state } = this;
    const { clock, retired } = state;
    state.bytes.fill(0);
    Object.assign(state, RESET, { clock, retired });
    state.sreg[Seg.cs] = RESET_CS;
    this.dropCaches();
  }

  interrupt(level: boolean): void {
    this.#chip.intr = level;
    this.observer?.interruptLine?.(level);
  }

  nmi(): void {
    this.#chip.nmi = true;
  }

  /** A bus master wants the bus for `clocks` clocks; it gets it when the bus is passive and LOCK# is not low. */
  stealBus(clocks: number): void {
    this.#chip.askForBus(clocks);
  }

  run(until: number): Stop {
    const chip = this.#chip;
    for (;;) {
      chip.rebase();
      const stop = this.#runSlice(Math.ceil(Math.min(until - chip.base, MAX_SLICE)) | 0, until);
      if (stop !== 'clock' || chip.now >= until) return stop;
    }
  }

  #runSlice(end: number, until: number): Stop {
    const chip = this.#chip;
    const { observer } = this;
    chip.disturbed = true;
    while (chip.tick < end) {
      if (chip.disturbed) {
        chip.disturbed = false;
        if (this.#wanted()) return 'attention';
      }
      if (chip.phase === Phase.halted && chip.canSleep) {
        if (this.#isAlone(until)) return 'halted';
        this.#sleep(end);
        continue;
      }
      if (observer?.boundary !== undefined && chip.atInstruction && this.#isStopped(observer))
        return 'observer';
      step(chip);
    }
    return 'clock';
  }

  #isStopped(observer: CpuObserver): boolean {
    const { cs, ip } = this.programCounter;
    return asks(observer, ((cs << 4) + ip) & 0xfffff) && observer.boundary!();
  }

  /** A device wants the machine to look; without a pin that serves events, so does an event that is due. */
  #wanted(): boolean {
    const pins = this.#pins;
    if (pins.attention()) return true;
    return pins.serve === undefined && pins.nextEvent() <= this.#chip.now;
  }

  /** Halted, and nothing is to be done on the way: the machine may move the clock. */
  #isAlone(until: number): boolean {
    const { serve, nextEvent } = this.#pins;
    if (this.dead || until === Number.POSITIVE_INFINITY) return true;
    return this.#chip.onClock === undefined && (serve === undefined || nextEvent() > until);
  }

  /** Passes the time to the next event: in one step, if nobody counts the clocks. */
  #sleep(end: number): void {
    const chip = this.#chip;
    if (chip.onClock === undefined) chip.sleep(end);
    else step(chip);
  }

  settle(): void {
    storeState(this.#chip, this.state);
  }

  dropCaches(): void {
    loadState(this.#chip, this.state);
  }

  /** All that this core derives, it derives from its state. */
  dropDerivedState(): void {
    this.dropCaches();
  }
}
