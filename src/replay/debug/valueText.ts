/** Values as people read them. */

/** Small ones in decimal, others in hexadecimal as well. */
export function valueText(value: bigint | undefined): string {
  if (value === undefined) return 'no value';
  return value < 10n ? `${value}` : `${value} (${value.toString(16)}h)`;
}
