/** The work of the portable nodes, as plain functions: nodes and floors call the same. */
export interface Row {
  readonly id: number;
  readonly price: number;
  readonly count: number;
}

export function increment({ value }: { readonly value: number }): { value: number } {
  return { value: value + 1 };
}

/** Keeps a core busy for some milliseconds. */
export function spin({ ms }: { readonly ms: number }): { value: number } {
  const until = performance.now() + ms;
  while (performance.now() < until);
  return { value: ms };
}

/** A sum that takes long enough a row to be worth a thread. */
export function sumColumn({ column }: { readonly column: Float64Array }): { sum: number } {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += Math.sin(column[i]!) * Math.cos(column[i]!);
  return { sum };
}

export function sumRows(rows: readonly Row[]): { readonly id: number; readonly total: number }[] {
  return rows.map(({ id, price, count }) => ({ id, total: price * count }));
}

export function touch({ column }: { column: Float64Array<ArrayBuffer> }): { column: Float64Array<ArrayBuffer> } {
  column[0]!++;
  return { column };
}
