/**
 * The six modes of an 8253/8254 counter as functions of (count loaded, clock pulses since it was
 * loaded), after the 8254 data sheet (order number 231164-005), "Mode Definitions". Nothing here keeps
 * state: a counter that has not been touched for an hour needs no work until somebody looks at it.
 *
 * `n` is the count as a number, 1 to 65536 (or 10000 in BCD); `t` is whole CLK pulses since the pulse
 * that loaded it.
 */

export const PitMode = {
  interruptOnTerminalCount: 0,
  oneShot: 1,
  rateGenerator: 2,
  squareWave: 3,
  softwareStrobe: 4,
  hardwareStrobe: 5,
} as const;

/** The mode that bits M2-M0 choose; 6 and 7 are 2 and 3. */
export function decodeMode(bits: number): number {
  return bits > 5 ? bits - 4 : bits;
}

/** Modes that reload themselves. */
export function isPeriodic(mode: number): boolean {
  return mode === PitMode.rateGenerator || mode === PitMode.squareWave;
}

/** Modes in which a rising GATE, not the written count, starts counting. */
export function isTriggered(mode: number): boolean {
  return mode === PitMode.oneShot || mode === PitMode.hardwareStrobe;
}

/** OUT while no count has been loaded since the control word: low in mode 0 only. */
export function idleOutput(mode: number): boolean {
  return mode !== PitMode.interruptOnTerminalCount;
}

/** Pulses that a square wave of period `n` is high. */
function highHalf(n: number): number {
  return Math.ceil(n / 2);
}

/** OUT. */
export function outputAt(mode: number, n: number, t: number): boolean {
  if (mode === PitMode.rateGenerator) return t % n !== n - 1;
  if (mode === PitMode.squareWave) return t % n < highHalf(n);
  if (mode === PitMode.interruptOnTerminalCount || mode === PitMode.oneShot) return t >= n;
  return t !== n;
}

/** The counting element, before wrapping it to 16 bits or four digits (it may be negative). */
export function countAt(mode: number, n: number, t: number, is8253: boolean): number {
  if (mode === PitMode.rateGenerator) return n - (t % n);
  if (mode !== PitMode.squareWave) return n - t;
  const phase = t % n;
  const high = highHalf(n);
  const step = phase < high ? phase : phase - high;
  return is8253 ? squareCount8253(n, phase < high, step) : n - (n & 1) - 2 * step;
}

/** The 8253 loads odd counts as they are, then takes 1 off in the high half or 3 in the low half. */
function squareCount8253(n: number, high: boolean, step: number): number {
  if (step === 0 || n % 2 === 0) return n - 2 * step;
  return high ? n + 1 - 2 * step : n - 1 - 2 * step;
}

/** The first pulse after `t` at which OUT may change; Infinity if never. */
export function nextChange(mode: number, n: number, t: number): number {
  if (isPeriodic(mode)) return n < 2 ? Number.POSITIVE_INFINITY : nextPeriodicChange(mode, n, t);
  if (t < n) return n;
  const strobe = mode === PitMode.softwareStrobe || mode === PitMode.hardwareStrobe;
  return strobe && t === n ? n + 1 : Number.POSITIVE_INFINITY;
}

function nextPeriodicChange(mode: number, n: number, t: number): number {
  const phase = t % n;
  const middle = mode === PitMode.rateGenerator ? n - 1 : highHalf(n);
  return t - phase + (phase < middle ? middle : n);
}

/** When a new count written at `t` takes over: the end of the cycle, or of the half in mode 3. */
export function nextReload(mode: number, n: number, t: number): number {
  if (mode === PitMode.squareWave) return nextPeriodicChange(mode, n, t);
  return t - (t % n) + n;
}

/**
 * Where in its cycle a square wave of period `n` starts when it takes over from one of period `old`
 * after `t` pulses: a half cycle of the same polarity as the one that is due.
 */
export function squareTakeover(old: number, t: number, n: number): number {
  return t % old === 0 ? 0 : highHalf(n);
}
