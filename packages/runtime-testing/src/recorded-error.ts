const CLASSES = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/** What of an error goes into a recording: no stack, which names paths of one machine. */
export function errorFields(error: Error): [string, unknown][] {
  const names = ["name", "message", "cause", "errors", ...Object.keys(error)].filter(
    (key) => key === "name" || key === "message" || Object.hasOwn(error, key),
  );
  return [...new Set(names)].filter((key) => key !== "stack").map((key) => [key, (error as never)[key]]);
}

/** An error of the built-in class that its name stands for, else an Error of that name; fields follow. */
export function newError(name: unknown, message: unknown): Error {
  const text = typeof message === "string" ? message : "";
  const known = Object.hasOwn(CLASSES, String(name)) ? CLASSES[String(name) as keyof typeof CLASSES] : undefined;
  const error = new (known ?? Error)(text);
  if (known === undefined) setField(error, "name", String(name), false);
  setField(error, "stack", `${String(name)}: ${text}`, false);
  return error;
}

/** Defines a property; no setter of a prototype is called. */
export function setField(target: object, key: string, value: unknown, enumerable = true): void {
  Object.defineProperty(target, key, { value, enumerable, configurable: true, writable: true });
}
