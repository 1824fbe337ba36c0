/**
 * Time: the one clock (CPU clocks since power-on, an integer below 2^53) and exact conversion to the
 * clocks of chips that run at a rational fraction of it.
 */

/** A frequency as an exact fraction of hertz. */
export interface Frequency {
  readonly num: number;
  readonly den: number;
}

/** 14.31818 MHz, the PC's master crystal: 4 x NTSC colour burst (315/88 MHz), in hertz. */
export const CRYSTAL: Frequency = { num: 157_500_000, den: 11 };
/** The 8254's input, crystal / 12. */
export const PIT_FREQUENCY: Frequency = { num: 13_125_000, den: 11 };

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * A chip's clock as a fraction of the machine's. `ticks(clock)` is the number of whole chip ticks
 * elapsed at a machine clock; `clockOf(tick)` is the first machine clock at which that tick has elapsed.
 */
export class Rate {
  readonly num: number;
  readonly den: number;

  /** `chip` ticks per second against `machine` clocks per second. */
  constructor(chip: Frequency, machine: Frequency) {
    const num = BigInt(chip.num) * BigInt(machine.den);
    const den = BigInt(chip.den) * BigInt(machine.num);
    let a = num;
    let b = den;
    while (b) [a, b] = [b, a % b];
    this.num = Number(num / a);
    this.den = Number(den / a);
    if (this.num * this.den > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(`clock ratio ${this.num}/${this.den} is too fine to be exact`);
    }
  }

  ticks(clock: number): number {
    const whole = Math.floor(clock / this.den);
    return whole * this.num + Math.floor(((clock % this.den) * this.num) / this.den);
  }

  clockOf(tick: number): number {
    const whole = Math.floor(tick / this.num);
    return whole * this.den + Math.ceil(((tick % this.num) * this.den) / this.num);
  }
}

/** `multiplier` x the PIT's clock, in lowest terms: the CPU clock of a PC-like board. */
export function pitMultiple(multiplier: number): Frequency {
  const num = PIT_FREQUENCY.num * multiplier;
  const g = gcd(num, PIT_FREQUENCY.den);
  return { num: num / g, den: PIT_FREQUENCY.den / g };
}
