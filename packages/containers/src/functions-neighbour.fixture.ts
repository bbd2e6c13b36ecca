/** A function of another local module. */
export function double(x: number): number {
  return x * 2;
}
