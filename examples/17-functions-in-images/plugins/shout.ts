/** A module that is found by its name at run time, and so has to be copied. */
export function apply(text: string): string {
  return `${text.toUpperCase()}!`;
}
