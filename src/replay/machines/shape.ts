/** Shapes of plain data: what fields a record has, and which is not as it should be. */

export type Test = (value: unknown) => boolean;

export const text: Test = (value) => typeof value === 'string';
export const number: Test = (value) => Number.isSafeInteger(value);
export const flag: Test = (value) => typeof value === 'boolean';

export const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
export const record =
  (fields: Readonly<Record<string, Test>>): Test =>
  (value) =>
    typeof value === 'object' && value !== null && wrongField(value, fields) === undefined;
export const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || value === null || test(value);
export const oneOf =
  (...values: readonly string[]): Test =>
  (value) =>
    values.includes(value as string);

/** The first field that is not of the shape; undefined if all are. */
export function wrongField(value: object, fields: Readonly<Record<string, Test>>): string | undefined {
  const values = value as Readonly<Record<string, unknown>>;
  return Object.entries(fields).find(([name, test]) => !test(values[name]))?.[0];
}
