/**
 * The door: the one way anything from outside enters a machine. A device declares its channels while
 * the machine is built; a channel that is not declared here does not exist. Two kinds:
 *
 * - an *input* is pushed by the host (a key, a serial byte, the power button) and admitted only between
 *   two instructions, stamped with the clock;
 * - a *source* is pulled by a device at a clock the guest decides (disk sectors, entropy).
 *
 * Who stands behind the door (live host adapters, the recorder, the replayer) is the `Provider`.
 */

/** Answers pulls. Must return exactly `length` bytes. */
export interface Provider {
  pull(channel: string, request: number, length: number): Uint8Array;
}

export interface Source {
  /** `length` bytes for `request` (for disks: the first 512-byte sector's number). */
  read(request: number, length: number): Uint8Array;
}

export class Door {
  readonly #inputs = new Map<string, (data: Uint8Array) => void>();
  readonly #sources = new Set<string>();
  provider: Provider | undefined;

  declareInput(channel: string, deliver: (data: Uint8Array) => void): void {
    this.#claim(channel);
    this.#inputs.set(channel, deliver);
  }

  declareSource(channel: string): Source {
    this.#claim(channel);
    this.#sources.add(channel);
    return {
      read: (request, length) => {
        if (!this.provider) throw new Error(`no provider behind channel ${channel}`);
        const data = this.provider.pull(channel, request, length);
        if (data.length !== length) {
          throw new Error(`channel ${channel} gave ${data.length} bytes where ${length} were asked`);
        }
        return data;
      },
    };
  }

  #claim(channel: string): void {
    if (this.#inputs.has(channel) || this.#sources.has(channel)) {
      throw new Error(`channel ${channel} is declared twice`);
    }
  }

  /** Hands one input to its device. Only the machine calls this, at a boundary. */
  deliver(channel: string, data: Uint8Array): void {
    const deliver = this.#inputs.get(channel);
    if (!deliver) throw new Error(`this machine has no input channel ${channel}`);
    deliver(data);
  }

  /** Names of the declared channels, sorted. */
  get channels(): { readonly inputs: string[]; readonly sources: string[] } {
    return { inputs: [...this.#inputs.keys()].sort(), sources: [...this.#sources].sort() };
  }
}
