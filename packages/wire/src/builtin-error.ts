/** What the constructor of a built-in error is called. */
export type BuiltinErrorName =
  | "Error"
  | "EvalError"
  | "RangeError"
  | "ReferenceError"
  | "SyntaxError"
  | "TypeError"
  | "URIError"
  | "AggregateError"
  | "DOMException";

type Build = (message: string, name: string) => Error;

const BUILDERS: Readonly<Record<BuiltinErrorName, Build>> = {
  Error: (message) => new Error(message),
  EvalError: (message) => new EvalError(message),
  RangeError: (message) => new RangeError(message),
  ReferenceError: (message) => new ReferenceError(message),
  SyntaxError: (message) => new SyntaxError(message),
  TypeError: (message) => new TypeError(message),
  URIError: (message) => new URIError(message),
  AggregateError: (message) => new AggregateError([], message),
  DOMException: (message, name) => new DOMException(message, name),
};

/** Whether a name is that of a built-in error. */
export function isBuiltinErrorName(name: unknown): name is BuiltinErrorName {
  return typeof name === "string" && Object.hasOwn(BUILDERS, name);
}

/** A new error of a built-in class, which goes by the name given. */
export function buildError(base: BuiltinErrorName, message: string, name: string): Error {
  const error = BUILDERS[base](message, name);
  if (error.name !== name) define(error, "name", name);
  return error;
}

/** The built-in class of an error, by its name or else its prototypes; never throws. */
export function builtinNameOf(error: object, name: string): BuiltinErrorName {
  try {
    if (isDomException(error)) return "DOMException";
    const isClass = isBuiltinErrorName(name) && name !== "DOMException";
    return isClass ? name : (nearestBuiltin(error) ?? "Error");
  } catch {
    return "Error";
  }
}

function nearestBuiltin(error: object): BuiltinErrorName | undefined {
  for (let at: unknown = error; at; at = Object.getPrototypeOf(at)) {
    const base: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value?.name;
    if (isBuiltinErrorName(base) && base !== "DOMException") return base;
  }
  return undefined;
}

/** Whether an object is a DOMException, also one of another realm. */
export function isDomException(value: object): boolean {
  return Object.prototype.toString.call(value) === "[object DOMException]";
}

/** Sets an own property as built-in errors have them, hidden from enumeration. */
export function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true });
}
