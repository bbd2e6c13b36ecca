import types from "node:util/types";

/** A class that shows the bytes of an ArrayBuffer. */
export type ViewClass = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;

// Part of the format: a view is written as its index here, so add at the end only.
const NAMES = [
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
];

/** The number that a view's class has in the format; -1 for a class that is not known. */
export function viewIndex(view: ArrayBufferView): number {
  return NAMES.indexOf(types.isDataView(view) ? "DataView" : tagOf(view));
}

/** The class with that number; undefined for one that this version of Node does not have. */
export function viewClass(index: number): ViewClass | undefined {
  const name = NAMES[index];
  return name === undefined ? undefined : ((globalThis as Record<string, unknown>)[name] as ViewClass);
}

/** How many elements, or bytes of a DataView, a view shows. */
export function viewLength(view: ArrayBufferView): number {
  return "length" in view ? (view.length as number) : view.byteLength;
}

// The tag is an accessor that knows the true class, also of a subclass.
function tagOf(view: ArrayBufferView): string {
  return (view as Uint8Array)[Symbol.toStringTag];
}
