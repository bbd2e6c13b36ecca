/** Whether an object was made by a literal, or has no prototype; also for one of another realm. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isForeignBase(prototype);
}

// Another realm, such as a vm context, has an Object.prototype of its own.
function isForeignBase(prototype: unknown): boolean {
  const isBase = Object.getPrototypeOf(prototype) === null;
  return isBase && Object.hasOwn(prototype as object, "isPrototypeOf");
}
