/**
 * Refresh of the PC/XT's dynamic memory (IBM PC/XT Technical Reference, "System Timers", "DMA"): OUT of
 * timer counter 1, which the BIOS programs to rise every 15 us, asks for DMA channel 0, whose reads refresh
 * a row each. Software sees two things of it: the bus that it takes from the CPU, and channel 0's registers.
 *
 * Nothing happens here by itself. The CPU asks when the next request is due and lets it have the bus; the
 * registers are brought up to date before anybody looks at them. So a second of refresh costs nothing
 * but the bus cycles.
 *
 * Left out: the contents of memory that is not refreshed.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { DmaChannel } from './dma8237.js';
import type { Pit8254 } from './pit8254.js';

export interface DramRefreshOptions {
  readonly name: string;
  readonly pit: Pit8254;
  /** Channel 0. */
  readonly dma: DmaChannel;
  /** What `next` answers may be another from the next clock on. */
  readonly changed: () => void;
}

const REFRESH = layout('DRAM refresh', {
  /** Clock up to which requests have been counted by the DMA channel. */
  counted: 'f64',
});

const COUNTER = 1;

export class DramRefresh implements Device {
  readonly name: string;
  readonly state = REFRESH.create();
  readonly #bus: Bus;
  readonly #options: DramRefreshOptions;

  constructor(bus: Bus, options: DramRefreshOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#options = options;
  }

  reset(): void {
    this.state.counted = this.#bus.now();
    this.#options.changed();
  }

  afterLoad(): void {
    this.#options.changed();
  }

  /** The clock of the first request after clock `after`, as counter and channel are programmed now. */
  next(after: number): number {
    const { pit, dma } = this.#options;
    return dma.ready ? pit.nextRise(COUNTER, after) : Number.POSITIVE_INFINITY;
  }

  /** Counts the requests up to now: to be called before counter or channel are looked at or changed. */
  settle(): void {
    const { state } = this;
    const { pit, dma, changed } = this.#options;
    changed();
    const requests = pit.rises(COUNTER, state.counted);
    state.counted = this.#bus.now();
    if (requests > 0) dma.skip(requests);
  }
}
