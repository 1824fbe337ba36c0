/** The first thing in which a replay differs from its recording, and the sentence that says so. */

export type DivergenceKind =
  | 'state' /** a check of the state failed */
  | 'interrupt' /** an interrupt early, late, missing or of another source */
  | 'pull' /** a device asked the outside for something else */
  | 'input' /** an input could not be admitted where it was */
  | 'end'; /** the run ended elsewhere or otherwise */

export interface Divergence {
  readonly kind: DivergenceKind;
  /** Up to this clock everything agreed. */
  readonly after: number;
  /** Where the difference was noticed. */
  readonly clock: number;
  /** Device and field, page, interrupt or channel. */
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
  /** Further places, if more than one differ. */
  readonly also: readonly string[];
}

/** One line. */
export function describeDivergence(d: Divergence): string {
  const when = d.clock === d.after ? `at clock ${d.clock}` : `between clocks ${d.after} and ${d.clock}`;
  const also = d.also.length ? ` (also ${d.also.join(', ')})` : '';
  return `diverged ${when}: ${d.where}: recorded ${d.expected}, replayed ${d.actual}${also}`;
}
