/** How a difference between a chip and a core is told. */

/** Where a test went another way than the chip. */
export interface VectorDifference {
  /** What sort of thing differs, the same word in every test: `T-state`, `data`, `ax`, `memory`. */
  readonly kind: string;
  /** The place in this test: `clock 7`, `ax`, `[0B57D]`, `queue`. */
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
}

export function hex(n: number, digits: number): string {
  return n.toString(16).toUpperCase().padStart(digits, '0');
}
