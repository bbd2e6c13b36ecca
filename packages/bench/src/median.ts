/**
 * The middle of some numbers; of an even count, the mean of the two in the middle.
 * @throws RangeError when there is none
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the median of no numbers");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
