/** The arguments of a request, which may be anything: each is asked for by name and kind, and refused otherwise. */

/** What is wrong with a request, in one line for the user. */
export class RequestError extends Error {
  override name = 'RequestError';
}

/** The request has to wait until the machine stands. */
export class NotStopped extends Error {
  override name = 'NotStopped';
}

type Json = Readonly<Record<string, unknown>>;

export class Arguments {
  readonly #json: Json;

  constructor(json: unknown) {
    this.#json = isRecord(json) ? json : {};
  }

  has(name: string): boolean {
    return this.#json[name] !== undefined && this.#json[name] !== null;
  }

  text(name: string, otherwise?: string): string {
    return this.#get(name, 'a text', (value) => typeof value === 'string', otherwise);
  }

  whole(name: string, otherwise?: number): number {
    return this.#get(name, 'a whole number', Number.isSafeInteger, otherwise);
  }

  flag(name: string, otherwise = false): boolean {
    return this.#get(name, 'true or false', (value) => typeof value === 'boolean', otherwise);
  }

  /** A text or a number, as a text. */
  word(name: string, otherwise?: string): string {
    const isWord = (value: unknown) => typeof value === 'string' || Number.isSafeInteger(value);
    return String(this.#get<string | number>(name, 'a text or a whole number', isWord, otherwise));
  }

  /** None if there is no such list. */
  list(name: string): Arguments[] {
    return this.#get<unknown[]>(name, 'a list', Array.isArray, []).map((json) => new Arguments(json));
  }

  texts(name: string): string[] {
    const isTexts = (value: unknown) => Array.isArray(value) && value.every((v) => typeof v === 'string');
    return this.#get(name, 'a list of texts', isTexts, []);
  }

  #get<T>(name: string, kind: string, is: (value: unknown) => boolean, otherwise: T | undefined): T {
    if (!this.has(name)) {
      if (otherwise !== undefined) return otherwise;
      throw new RequestError(`the argument "${name}" is missing`);
    }
    const value = this.#json[name];
    if (!is(value)) throw new RequestError(`the argument "${name}" must be ${kind}`);
    return value as T;
  }
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
