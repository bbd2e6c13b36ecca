/** What one process measured for one row: a figure, and where it has one its floor, in the row's unit. */
export interface Sample {
  readonly row: string;
  readonly ours: number;
  readonly floor?: number;
}

/** Hands samples to the process that started this one: a line of JSON on standard output. */
export function printSamples(...samples: readonly Sample[]): void {
  console.log(JSON.stringify(samples));
}
