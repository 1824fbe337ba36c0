/**
 * Control flow as WebAssembly has it: a graph of blocks as nested `block`s and `loop`s (the scheme of
 * Ramsey, "Beyond Relooper", ICFP 2022). Node 0 is the entry. Jumps back that do not go to a dominator
 * (irreducible ones) have no form here; `reaches` says which jumps have one.
 */
export class Structure {
  /** Reverse postorder number; -1 if a node cannot be reached. */
  readonly #order: number[];
  readonly #dominator: number[];
  readonly #successors: readonly (readonly number[])[];

  constructor(successors: readonly (readonly number[])[]) {
    this.#successors = successors;
    const postorder = postorderOf(successors);
    this.#order = new Array(successors.length).fill(-1);
    postorder.reverse().forEach((node, i) => {
      this.#order[node] = i;
    });
    this.#dominator = this.#dominators(postorder);
  }

  /** Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm". */
  #dominators(order: readonly number[]): number[] {
    const dominator: number[] = new Array(this.#successors.length).fill(-1);
    dominator[0] = 0;
    for (let changed = true; changed; ) {
      changed = false;
      for (const node of order) {
        for (const to of this.#successors[node]!) {
          const next = dominator[to]! < 0 ? node : this.#common(dominator, dominator[to]!, node);
          if (to === 0 || dominator[node]! < 0 || next === dominator[to]) continue;
          dominator[to] = next;
          changed = true;
        }
      }
    }
    return dominator;
  }

  #common(dominator: readonly number[], a: number, b: number): number {
    let [x, y] = [a, b];
    while (x !== y) {
      if (this.#order[x]! > this.#order[y]!) x = dominator[x]!;
      else y = dominator[y]!;
    }
    return x;
  }

  #dominates(a: number, b: number): boolean {
    let at = b;
    while (at !== a && at !== 0) at = this.#dominator[at]!;
    return at === a;
  }

  #goesBack(from: number, to: number): boolean {
    return this.#order[to]! <= this.#order[from]!;
  }

  /** Can the jump be expressed? */
  reaches(from: number, to: number): boolean {
    return !this.#goesBack(from, to) || this.#dominates(to, from);
  }

  isLoop(node: number): boolean {
    return this.#successors.some(
      (list, from) => this.#order[from]! >= 0 && list.includes(node) && this.#goesBack(from, node),
    );
  }

  /** The nodes that `node` dominates immediately, in the order in which their code must stand. */
  children(node: number): number[] {
    return this.#dominator
      .flatMap((d, child) => (d === node && child !== 0 && this.#order[child]! >= 0 ? [child] : []))
      .sort((a, b) => this.#order[a]! - this.#order[b]!);
  }
}

function postorderOf(successors: readonly (readonly number[])[]): number[] {
  const out: number[] = [];
  const seen = new Set<number>();
  const visit = (node: number): void => {
    if (seen.has(node)) return;
    seen.add(node);
    successors[node]!.forEach(visit);
    out.push(node);
  };
  visit(0);
  return out;
}
