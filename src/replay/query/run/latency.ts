/**
 * Interrupts from their request to the end of service: from INTR going high to the first instruction of the handler, and
 * from there to the clock at which the controller's bit in service is cleared (EOI). Told by INTR, the delivery of
 * interrupts and the 8259As' states behind every access to their ports. A request that waits in the controller behind
 * one of higher priority begins when INTR goes high for it. When a handler returns (IRET) is not asked here.
 */
import type { Device } from '../../../core/device.js';
import { Pic8259 } from '../../../devices/pic8259.js';
import type { PortRange, Stops } from '../../timeline/stops.js';
import type { Draft, Listener } from './listeners.js';
import type { Latency } from './question.js';
import type { Witness } from './witness.js';

const PIC_PORTS: readonly PortRange[] = [
  { first: 0x20, last: 0x21 },
  { first: 0xa0, last: 0xa1 },
];

/** An interrupt that was delivered, and its bit in service. */
interface Served {
  readonly finding: Latency;
  readonly chip: number;
  readonly bit: number;
}

export class LatencyListener implements Listener {
  readonly stops: Stops;
  readonly #witness: Witness;
  readonly #chips: readonly Pic8259[];
  #done: Latency[] = [];
  /** INTR is high, and since when, if it went high in this stretch. */
  #level: boolean;
  #requested: number | undefined;
  /** When INTR fell last, and since when it had been high. */
  #fell: { readonly clock: number; readonly requested: number | undefined } | undefined;
  #open: Served[] = [];
  #inService: number[];
  #closed = false;

  constructor(witness: Witness) {
    this.#witness = witness;
    this.#chips = witness.machine.devices.filter((d: Device): d is Pic8259 => d instanceof Pic8259);
    this.#inService = this.#serviced();
    this.#level = this.#chips[0]?.state.int === 1;
    this.stops = {
      interruptLine: (level) => this.#line(level),
      vectors: (vector, source) => {
        if (source === 'external') this.#delivered(vector);
        return false;
      },
      ports: PIC_PORTS,
      // Nothing is in service behind a reset.
      notes: ({ kind, what }) => kind === 'power' && what === 'reset',
      met: (hit) => {
        if (hit.kind === 'port') this.#look();
      },
    };
  }

  boundary(): void {
    this.#look();
  }

  get ended(): number {
    return this.#done.length;
  }

  get unfinished(): boolean {
    return this.#open.length > 0 || (this.#level && this.#requested !== undefined);
  }

  close(): void {
    this.#closed = true;
  }

  /** In the order of their requests; those that have not been served by then are told without that. */
  take(): Draft[] {
    const taken = [...this.#done, ...this.#open.map(({ finding }) => finding)];
    [this.#done, this.#open] = [[], []];
    taken.sort((a, b) => a.requested - b.requested);
    return taken.map((finding) => ({ finding, instructionWanted: false }));
  }

  #serviced(): number[] {
    return this.#chips.map(({ state }) => state.isr);
  }

  #line(level: boolean): void {
    const { clock } = this.#witness;
    if (level && !this.#level) {
      if (this.#fell?.clock !== clock) this.#fell = undefined;
      this.#requested = this.#closed ? undefined : clock;
    } else if (!level) this.#fell = { clock, requested: this.#requested };
    this.#level = level;
  }

  /** INTR has fallen in the acknowledge cycle, and may be high again by now, for another. */
  #delivered(vector: number): void {
    const { clock } = this.#witness;
    const requested = this.#fell ? this.#fell.requested : this.#requested;
    if (!this.#fell || !this.#level) this.#requested = this.#level && !this.#closed ? clock : undefined;
    this.#fell = undefined;
    const before = this.#inService;
    this.#inService = this.#serviced();
    if (requested === undefined) return;
    const finding: Latency = { kind: 'interrupt', clock, vector, requested };
    const chip = this.#inService.findLastIndex((isr, i) => (isr & ~before[i]!) !== 0);
    if (chip < 0) this.#done.push(finding);
    else this.#open.push({ finding, chip, bit: this.#inService[chip]! & ~before[chip]! });
  }

  /** Behind an access to a controller: is anything no longer in service? */
  #look(): void {
    this.#inService = this.#serviced();
    const isServed = ({ chip, bit }: Served) => (this.#inService[chip]! & bit) === 0;
    const { clock } = this.#witness;
    for (const { finding } of this.#open.filter(isServed)) this.#done.push({ ...finding, served: clock });
    this.#open = this.#open.filter((one) => !isServed(one));
  }
}
